package dev.backstep.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * The objects of one watch, of which there may be very many and only few are ever asked for: an
 * object is kept as compressed JSON until somebody asks for it, and as an object from then on.
 * Nothing is left out but who manages which field.
 *
 * @param <R> the kind of object
 */
public final class PackedStore<R extends HasMetadata> implements ItemStore<R> {
  private final Class<R> type;
  private final KubernetesSerialization serialization;
  private final Consumer<R> empty;

  /** Each a {@code byte[]} or an object. */
  private final Map<String, Object> items = new ConcurrentHashMap<>();

  /**
   * @param empty takes everything but its metadata out of an object
   */
  public PackedStore(Class<R> type, KubernetesSerialization serialization, Consumer<R> empty) {
    this.type = type;
    this.serialization = serialization;
    this.empty = empty;
  }

  @Override
  public String getKey(R object) {
    return Cache.metaNamespaceKeyFunc(object);
  }

  /** What was asked for before will be asked for again. */
  @Override
  public R put(String key, R object) {
    object.getMetadata().setManagedFields(List.of());
    var before = items.get(key);
    items.put(key, type.isInstance(before) ? object : packed(object));
    return unpacked(before);
  }

  @Override
  public R get(String key) {
    var item = items.get(key);
    var object = unpacked(item);
    if (item instanceof byte[]) {
      items.replace(key, item, object);
    }
    return object;
  }

  @Override
  public R remove(String key) {
    return unpacked(items.remove(key));
  }

  @Override
  public Stream<String> keySet() {
    return items.keySet().stream();
  }

  /**
   * All objects, the packed ones with their metadata only: a watch that has listed everything makes
   * a list of them to see which are gone.
   */
  @Override
  public Stream<R> values() {
    return items.values().stream().map(this::outlined);
  }

  @Override
  public int size() {
    return items.size();
  }

  /** Else the watch would ask for every object when it has listed them all. */
  @Override
  public boolean isFullState() {
    return false;
  }

  private byte[] packed(R object) {
    var bytes = new ByteArrayOutputStream();
    try (var deflater = new DeflaterOutputStream(bytes)) {
      deflater.write(serialization.asJson(object).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private R outlined(Object item) {
    var object = unpacked(item);
    if (item instanceof byte[]) {
      empty.accept(object);
    }
    return object;
  }

  private R unpacked(Object item) {
    if (item instanceof byte[] bytes) {
      return serialization.unmarshal(
          new InflaterInputStream(new ByteArrayInputStream(bytes)), type);
    }
    return type.cast(item);
  }
}
