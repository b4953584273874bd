package dev.backstep.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Before-images: what every target of an effect looked like, and the change to be made. Created
 * once and immutable; a process that finds one under its effect's name takes that one's content,
 * because its predecessor may already have sent it.
 */
@ApplicationScoped
public class Images {
  /** Well below the API server's limit for one object. */
  private static final int CHUNK_BYTES = 600_000;

  private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

  private final KubernetesClient client;

  public Images(KubernetesClient client) {
    this.client = client;
  }

  /** The kept changes of an effect, and the names they are kept under. */
  public record Kept(List<String> names, List<Change> changes) {}

  private record Content(List<Change> changes) {}

  /**
   * Keeps the changes of one effect.
   *
   * @param mark names the effect; the images' names follow from it
   */
  public Kept keep(Records.Owner owner, String claim, String mark, List<Change> changes) {
    var names = new ArrayList<String>();
    var kept = new ArrayList<Change>();
    var chunks = chunks(changes);
    for (var i = 0; i < chunks.size(); i++) {
      var name = name(mark, i);
      var record =
          Records.create(
              client,
              owner,
              name,
              Map.of(Annotations.RECORD, "image", Annotations.CLAIM, claim),
              JSON.valueToTree(new Content(chunks.get(i))));
      names.add(name);
      kept.addAll(Records.data(record, JSON, Content.class).changes());
    }
    return new Kept(List.copyOf(names), List.copyOf(kept));
  }

  /** The changes kept under these names; empty when somebody deleted one of the images. */
  public Optional<List<Change>> read(String namespace, List<String> names) {
    var records =
        names.stream()
            .map(
                name ->
                    client.apps().controllerRevisions().inNamespace(namespace).withName(name).get())
            .toList();
    return records.contains(null)
        ? Optional.empty()
        : Optional.of(
            records.stream()
                .flatMap(record -> Records.data(record, JSON, Content.class).changes().stream())
                .toList());
  }

  /** The changes kept for an effect; empty when there are none. */
  public List<Change> of(String namespace, String mark) {
    var changes = new ArrayList<Change>();
    for (var i = 0; ; i++) {
      var record =
          client.apps().controllerRevisions().inNamespace(namespace).withName(name(mark, i)).get();
      if (record == null) {
        return changes;
      }
      changes.addAll(Records.data(record, JSON, Content.class).changes());
    }
  }

  private static String name(String mark, int chunk) {
    return "bs-img-" + Hashes.of(mark, String.valueOf(chunk));
  }

  private static List<List<Change>> chunks(List<Change> changes) {
    var chunks = new ArrayList<List<Change>>();
    var chunk = new ArrayList<Change>();
    var size = 0;
    for (var change : changes) {
      var bytes = JSON.valueToTree(change).toString().length();
      if (!chunk.isEmpty() && size + bytes > CHUNK_BYTES) {
        chunks.add(chunk);
        chunk = new ArrayList<>();
        size = 0;
      }
      chunk.add(change);
      size += bytes;
    }
    chunks.add(chunk);
    return chunks;
  }
}
