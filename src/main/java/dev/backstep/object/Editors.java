package dev.backstep.object;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds who else writes an object, in its managed fields. */
@ApplicationScoped
public class Editors {
  /** The manager that the API server makes of our client's name, and the built-in controllers. */
  private static final Pattern OURS =
      Pattern.compile("fabric8.*|backstep.*|kube-controller-manager");

  /** Who wrote the object last, beside Backstep and the controllers that write its status. */
  Optional<String> last(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getManagedFields()).stream()
        .flatMap(fields -> fields.stream())
        .filter(entry -> entry.getSubresource() == null && entry.getTime() != null)
        .filter(entry -> !OURS.matcher(entry.getManager()).matches())
        .max(Comparator.comparing(ManagedFieldsEntry::getTime))
        .map(ManagedFieldsEntry::getManager);
  }
}
