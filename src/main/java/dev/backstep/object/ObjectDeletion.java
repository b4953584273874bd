package dev.backstep.object;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Target;
import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Deletes one object, as it was when this was prepared. It needs no mark: the object is gone.
 *
 * @param object the target
 * @param uid of the target
 * @param version its resourceVersion, which is tested
 * @param summary in a few words, such as {@code Pod db-0: deleted, it was not ready}
 * @param withItsOwn true: it is there until everything that it owns is gone; null: that goes after
 *     it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ObjectDeletion(
    ObjectRef object, String uid, String version, String summary, Boolean withItsOwn)
    implements Effect {

  /** Deletes the object as it is now. */
  public static ObjectDeletion of(HasMetadata target, String summary) {
    return of(target, summary, null);
  }

  /** Deletes the object as it is now, once everything that it owns is gone. */
  public static ObjectDeletion withItsOwn(HasMetadata target, String summary) {
    return of(target, summary, true);
  }

  private static ObjectDeletion of(HasMetadata target, String summary, Boolean withItsOwn) {
    return new ObjectDeletion(
        ObjectRef.of(target),
        target.getMetadata().getUid(),
        target.getMetadata().getResourceVersion(),
        summary,
        withItsOwn);
  }

  @Override
  public Target target() {
    return object.target();
  }
}
