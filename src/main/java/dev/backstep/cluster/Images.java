package dev.backstep.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Before-images: what every target of an effect looked like, and the change to be made. Created
 * once and immutable; a process that finds one under its effect's name takes that one's content,
 * because its predecessor may already have sent it.
 */
@ApplicationScoped
public class Images {
  /** Well below the API server's limit for one object. */
  private static final int CHUNK_BYTES = 600_000;

  /** What one record may hold; the API server's own limit is 1.5 MiB, with all around it. */
  private static final int MAX_BYTES = 1_400_000;

  private final KubernetesClient client;

  public Images(KubernetesClient client) {
    this.client = client;
  }

  /** The kept changes of an effect, and the names they are kept under. */
  public record Kept(List<String> names, List<Change> changes) {}

  /** What a target looked like does not fit into one object of the API server. */
  public static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message);
    }
  }

  /**
   * What one record holds.
   *
   * @param changes as they are, which humans can read
   * @param packed one change that would be too large as it is: compressed JSON; null: none is
   * @param records how many records the effect has; null in those that earlier versions made
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Content(List<Change> changes, byte[] packed, Integer records) {
    List<Change> all() {
      return packed == null ? changes : List.of(unpacked(packed));
    }
  }

  /**
   * Keeps the changes of one effect.
   *
   * @param mark names the effect; the images' names follow from it
   * @throws TooLargeException when a change does not fit into one object; nothing was kept then
   */
  public Kept keep(Records.Owner owner, String claim, String mark, List<Change> changes) {
    var contents = contents(changes);
    var names = new ArrayList<String>();
    var kept = new ArrayList<Change>();
    for (var i = 0; i < contents.size(); i++) {
      var name = name(mark, i);
      var record =
          Records.create(
              client,
              owner,
              name,
              Map.of(Annotations.RECORD, "image", Annotations.CLAIM, claim),
              Json.MAPPER.valueToTree(contents.get(i)));
      names.add(name);
      kept.addAll(Records.data(record, Content.class).all());
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
                .flatMap(record -> Records.data(record, Content.class).all().stream())
                .toList());
  }

  /** The changes kept for an effect; empty when there are none, or some of them are lost. */
  public List<Change> of(String namespace, String mark) {
    var changes = new ArrayList<Change>();
    var expected = 1;
    for (var i = 0; i < expected; i++) {
      var record =
          client.apps().controllerRevisions().inNamespace(namespace).withName(name(mark, i)).get();
      if (record == null) {
        return List.of();
      }
      var content = Records.data(record, Content.class);
      changes.addAll(content.all());
      expected = content.records() == null ? i + 1 : content.records();
    }
    return changes;
  }

  private static String name(String mark, int chunk) {
    return "bs-img-" + Hashes.of(mark, String.valueOf(chunk));
  }

  private static List<Content> contents(List<Change> changes) {
    var chunks = chunks(changes);
    return chunks.stream()
        .map(
            chunk ->
                size(chunk.get(0)) > CHUNK_BYTES
                    ? new Content(List.of(), packed(chunk.get(0)), chunks.size())
                    : new Content(chunk, null, chunks.size()))
        .toList();
  }

  /** A change that is too large for a chunk is alone in it. */
  private static List<List<Change>> chunks(List<Change> changes) {
    var chunks = new ArrayList<List<Change>>();
    var chunk = new ArrayList<Change>();
    var size = 0;
    for (var change : changes) {
      var bytes = size(change);
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

  private static int size(Change change) {
    return json(change).length;
  }

  private static byte[] packed(Change change) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(bytes)) {
      zip.write(json(change));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // As base64, which is what JSON makes of bytes.
    if (bytes.size() / 3 * 4 > MAX_BYTES) {
      throw new TooLargeException(
          "%s %s is too large: what it looks like before and after would not fit into one object of the API server, so it could not be put back. Make it smaller, or leave it out of the action (for ConfigMaps: to.lastStable.configMaps: false)."
              .formatted(change.kind(), change.name()));
    }
    return bytes.toByteArray();
  }

  private static Change unpacked(byte[] packed) {
    try (var zip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return Json.MAPPER.readValue(zip, Change.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] json(Change change) {
    try {
      return Json.MAPPER.writeValueAsBytes(change);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
