package dev.backstep.effect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.Json;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Records;
import dev.backstep.memory.Recent;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
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
 * Before-images: the effects of an intent, with what their targets looked like. Created once and
 * immutable, and named by action and content: an image whose intent was never recorded, or refused,
 * does not lend its content to another effect, and the same effect again needs no other image.
 */
@ApplicationScoped
public class Images {
  /** Well below the API server's limit for one object. */
  private static final int CHUNK_BYTES = 600_000;

  /** What one record may hold; the API server's own limit is 1.5 MiB, with all around it. */
  private static final int MAX_BYTES = 1_400_000;

  /** Of all images together that are kept in memory. */
  private static final long CACHED_BYTES = 20_000_000;

  private final KubernetesClient client;
  private final Effectors effectors;

  /** Images never change, so what was read once stays true. */
  private final Recent<String, Content> read = new Recent<>(CACHED_BYTES);

  public Images(KubernetesClient client, Effectors effectors) {
    this.client = client;
    this.effectors = effectors;
  }

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
   * @param effects as they are, which humans can read
   * @param packed one effect that would be too large as it is: compressed JSON; null: none is
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Content(List<ObjectNode> effects, byte[] packed) {
    List<ObjectNode> all() {
      return packed == null ? effects : List.of(unpacked(packed));
    }
  }

  /**
   * Keeps the effects of one intent.
   *
   * @param action whose effects they are
   * @return the names that they are kept under
   * @throws TooLargeException when an effect does not fit into one object; nothing was kept then
   */
  public List<String> keep(
      Records.Owner owner, String claim, String action, List<? extends Effect> effects) {
    var names = new ArrayList<String>();
    for (var content : contents(effects)) {
      var json = Json.MAPPER.valueToTree(content);
      var part = String.valueOf(names.size());
      var name = "bs-img-" + Hashes.of(claim, action, Hashes.of(json), part);
      Records.create(client, owner, "image", name, Map.of(Annotations.CLAIM, claim), json);
      names.add(name);
    }
    return List.copyOf(names);
  }

  /**
   * The effects kept under these names; empty when somebody deleted one of the images, or another
   * version wrote it.
   */
  public Optional<List<Effect>> read(String namespace, List<String> names) {
    var effects = new ArrayList<Effect>();
    for (var name : names) {
      var content = content(namespace, name);
      if (content.isEmpty()) {
        return Optional.empty();
      }
      var kept = effects(content.get());
      if (kept.isEmpty()) {
        return Optional.empty();
      }
      effects.addAll(kept.get());
    }
    return Optional.of(effects);
  }

  /** The effects that a record keeps; none where another version made it. */
  public List<Effect> of(ControllerRevision record) {
    return content(record).flatMap(this::effects).orElse(List.of());
  }

  /** All of them; empty where one of them cannot be read. */
  private Optional<List<Effect>> effects(Content content) {
    var all = content.all();
    var known = all.stream().flatMap(json -> effectors.effect(json).stream()).toList();
    return known.size() == all.size() ? Optional.of(known) : Optional.empty();
  }

  private Optional<Content> content(String namespace, String name) {
    var key = namespace + "/" + name;
    var known = read.get(key);
    if (known.isPresent()) {
      return known;
    }
    var record = client.apps().controllerRevisions().inNamespace(namespace).withName(name).get();
    var content = Optional.ofNullable(record).flatMap(Images::content);
    content.ifPresent(
        it -> read.put(key, it, Json.MAPPER.valueToTree(record.getData()).toString().length()));
    return content;
  }

  /** Empty: made by a version that kept something else; nobody guesses. */
  private static Optional<Content> content(ControllerRevision record) {
    try {
      return record.getData() != null
              && Json.MAPPER.<JsonNode>valueToTree(record.getData()).has("effects")
          ? Optional.of(Records.data(record, Content.class))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Effects together, as far as they fit; one that is too large for that is alone, and packed. */
  private List<Content> contents(List<? extends Effect> effects) {
    var contents = new ArrayList<Content>();
    var chunk = new ArrayList<ObjectNode>();
    var size = 0;
    for (var effect : effects) {
      var json = effectors.json(effect);
      var bytes = bytes(json);
      if (!chunk.isEmpty() && size + bytes.length > CHUNK_BYTES) {
        contents.add(new Content(List.copyOf(chunk), null));
        chunk.clear();
        size = 0;
      }
      if (bytes.length > CHUNK_BYTES) {
        contents.add(new Content(List.of(), packed(effect, bytes)));
      } else {
        chunk.add(json);
        size += bytes.length;
      }
    }
    if (!chunk.isEmpty()) {
      contents.add(new Content(List.copyOf(chunk), null));
    }
    return contents;
  }

  private static String tooLarge(Effect effect) {
    return "%s is too large: what it looks like before and after would not fit into one object of the API server, so it could not be put back. Make it smaller, or leave it out of the action (for ConfigMaps: to.lastStable.configMaps: false)."
        .formatted(effect.target());
  }

  private static byte[] packed(Effect effect, byte[] json) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(bytes)) {
      zip.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // As base64, which is what JSON makes of bytes.
    if (bytes.size() / 3 * 4 > MAX_BYTES) {
      throw new TooLargeException(tooLarge(effect));
    }
    return bytes.toByteArray();
  }

  private static ObjectNode unpacked(byte[] packed) {
    try (var zip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return Json.MAPPER.readValue(zip, ObjectNode.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return Json.MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
