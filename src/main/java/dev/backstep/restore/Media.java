package dev.backstep.restore;

import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.union.Union;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Everything that databases which can be restored are kept in. */
@ApplicationScoped
public class Media {
  private final Union<Medium<?, ?>> media;

  Media(@All List<Medium<?, ?>> media) {
    this.media = new Union<>(media, Medium::type);
  }

  /** That of the database which is restored. */
  Medium<?, ?> of(DbRestoreAction restore) {
    return media.ask(restore.target(), (medium, target) -> medium);
  }
}
