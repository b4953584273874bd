package dev.backstep.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;

/** The annotations and labels that Backstep writes, each with its meaning. */
public final class Annotations {
  /** On a target: the mark of the effect that changed it last. */
  public static final String MARK = "backstep.dev/mark";

  /** On a target: the effect that may not be applied any more. */
  public static final String FENCE = "backstep.dev/fence";

  /** On a target that one run changes alone: that run's claim; counts while the run is open. */
  public static final String OWNER = "backstep.dev/owner";

  /** On a scaled target, with claim and action behind it: one hold, see {@link LedgerEntry}. */
  public static final String HELD_BY = "backstep.dev/held-by.";

  /** On a scaled target: the number of replicas before the first holder scaled it. */
  public static final String HELD_REPLICAS = "backstep.dev/held-replicas";

  /** On a scaled target: a later number that somebody else set while it was held. */
  public static final String FOUND_REPLICAS = "backstep.dev/found-replicas";

  /** On what deploys targets, held: what its switch said before the first holder, as JSON. */
  public static final String HELD_VALUE = "backstep.dev/held-value";

  /** On a pod template: what kubectl rollout restart writes. */
  public static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

  /** On a plan, by a human: any new value has the plan checked again at once. */
  public static final String REQUESTED_AT = "backstep.dev/requested-at";

  /**
   * On a SyncControl, by a human, with a rule's name behind it: the hold that began then is to end.
   */
  public static final String LET_GO = "backstep.dev/let-go.";

  /** Label on what Backstep creates: claim, image, stable or job. */
  public static final String RECORD = "backstep.dev/record";

  /** On Backstep's own records: kind and name of what they belong to; as a label, their hash. */
  public static final String RECORD_OF = "backstep.dev/record-of";

  /** Label on images: the claim of the run they belong to. */
  public static final String CLAIM = "backstep.dev/claim";

  /** On Jobs of the operator's own image: which of its programs they run. */
  public static final String PROGRAM = "backstep.dev/program";

  private Annotations() {}

  /** An object's annotations; empty where it has none. */
  public static Map<String, String> of(HasMetadata object) {
    var annotations = object.getMetadata().getAnnotations();
    return annotations == null ? Map.of() : annotations;
  }
}
