package dev.backstep.problem;

import dev.backstep.api.v1alpha1.Reasons;
import java.util.List;

/**
 * What people are told of a CustomResourceDefinition that is not the one of this version: the same
 * words wherever it is noticed.
 */
public final class OtherDefinition {
  /** What is to be done. */
  public static final String REMEDY =
      "Apply those of this version: kubectl apply --server-side -f deploy/crds, or let the chart do it with crds.enabled=true.";

  /** How many are named. */
  private static final int NAMED = 5;

  private OtherDefinition() {}

  /**
   * It lacks something.
   *
   * @param fields their paths, such as {@code status.run.level}
   */
  public static Problem lacks(String kind, List<String> fields) {
    return new Problem(
        Reasons.FIELDS_MISSING,
        "The CustomResourceDefinition of %s is of another version: it does not have %s, so the API server drops that. %s"
            .formatted(kind, named(fields), REMEDY));
  }

  private static String named(List<String> fields) {
    var named = String.join(", ", fields.subList(0, Math.min(NAMED, fields.size())));
    return fields.size() > NAMED ? "%s and %d more".formatted(named, fields.size() - NAMED) : named;
  }
}
