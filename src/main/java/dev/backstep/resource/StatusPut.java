package dev.backstep.resource;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The only way in which a status is written: always whole, always with the resourceVersion of the
 * object it was made from, so that a stale process is refused; and always looked at whether it was
 * kept as it was sent, because an API server with an older CustomResourceDefinition takes it, drops
 * what it does not know, and says nothing.
 *
 * @param <P> the spec of the kind
 * @param <S> its status
 * @param <R> the kind
 */
public final class StatusPut<P, S, R extends CustomResource<P, S>> {
  private final Supplier<R> blank;

  /**
   * @param blank makes an object of the kind with nothing in it
   */
  public StatusPut(Supplier<R> blank) {
    this.blank = blank;
  }

  /**
   * Writes a status.
   *
   * @param put sends the PUT, and gives the object as it is afterwards
   * @throws FieldsMissingException if it was written, but not with all its fields
   */
  public R write(R object, S status, UnaryOperator<R> put) {
    var fresh = blank.get();
    fresh.setMetadata(
        new ObjectMetaBuilder(object.getMetadata()).withManagedFields(List.of()).build());
    fresh.setSpec(object.getSpec());
    fresh.setStatus(status);
    var written = put.apply(fresh);
    var dropped = DroppedFields.of(status, written.getStatus());
    if (!dropped.isEmpty()) {
      throw new FieldsMissingException(written.getKind(), dropped);
    }
    return written;
  }

  /** Writes a status if it is not what the object has already. */
  public R writeChanged(R object, S status, UnaryOperator<R> put) {
    return status.equals(object.getStatus()) ? object : write(object, status, put);
  }

  /** Writes the status that the object has: refused, if somebody wrote another one meanwhile. */
  public R confirm(R object, UnaryOperator<R> put) {
    return write(object, object.getStatus(), put);
  }
}
