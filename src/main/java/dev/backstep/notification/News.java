package dev.backstep.notification;

import dev.backstep.api.v1alpha1.status.Told;
import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.effect.Author;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;

/**
 * What people are to be told of one object.
 *
 * @param about the object
 * @param author as whom Secrets are read
 * @param to whom
 * @param notices all that is news, oldest first, also what was told already
 * @param series where several things are told of one object beside each other: the claim of all of
 *     these notices; empty: it is the only one
 * @param told what the object's status says of it
 * @param open true: what is news now is so for a notification that was added just now, too
 */
public record News(
    HasMetadata about,
    Author author,
    List<Notification> to,
    List<Notice> notices,
    Optional<String> series,
    List<Told> told,
    boolean open) {

  /** As {@link News}; the object's ServiceAccount reads Secrets. */
  public static News of(
      HasMetadata about,
      String serviceAccount,
      List<Notification> to,
      List<Notice> notices,
      List<Told> told,
      boolean open) {
    var author = new Author(about.getMetadata().getNamespace(), serviceAccount);
    return new News(about, author, to, notices, Optional.empty(), told, open);
  }

  /** The same, and what is told of the object otherwise has no part in it. */
  public News inSeries(String claim) {
    return new News(about, author, to, notices, Optional.of(claim), told, open);
  }

  String uid() {
    return about.getMetadata().getUid();
  }

  /** What the status says of one notification; empty: it does not know it yet. */
  Optional<Told> told(String name) {
    return told.stream()
        .filter(it -> it.name().equals(name))
        .filter(it -> series.isEmpty() || series.get().equals(it.claim()))
        .findFirst();
  }

  /** Where a notification begins that the status does not know yet: old news is none. */
  Told begin(String name) {
    return open || notices.isEmpty()
        ? Told.nothing(name, series.orElse(""))
        : notices.get(notices.size() - 1).told(name);
  }
}
