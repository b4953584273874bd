package dev.backstep.approval;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import dev.backstep.api.v1alpha1.ApprovalSpec.Kind;
import dev.backstep.api.v1alpha1.ApprovalSpec.TargetRef;
import dev.backstep.cluster.Refusal;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Proves that the chart's admission policies are in force: it sends an approval in somebody else's
 * name as a dry run, and the policy has to refuse it. To find the policy installed would prove
 * nothing: its binding may be missing, spare this namespace, or only warn.
 *
 * <p>Anything but that refusal counts as not in force.
 */
@ApplicationScoped
public class PolicyProbe {
  private static final String NAME = "backstep-policy-probe";
  private static final Duration PROVEN = Duration.ofSeconds(60);
  private static final Duration NOT_PROVEN = Duration.ofSeconds(5);
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int INVALID = 422;

  /** As the API server words it; spec.approver is from the sentence of the rule that is proven. */
  private static final Pattern REFUSED =
      Pattern.compile(
          "ValidatingAdmissionPolicy '(\\S+)\\.approvals\\.backstep\\.dev' with binding '(\\S+)' denied request: .*spec\\.approver");

  private static final String INSTALL =
      " Install the chart with admissionPolicies.enabled=true and a namespaceSelector that includes this namespace.";

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<String, Cached> cached = new ConcurrentHashMap<>();

  public PolicyProbe(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  private record Cached(PolicyState state, Instant until) {}

  /** A reason why the policies are not proven to be in force. */
  private static final class NotInForce extends Exception {
    private static final long serialVersionUID = 1L;

    NotInForce(String message) {
      super(message);
    }
  }

  /**
   * Whether the policies are in force in a namespace: the one for approvals, and the one for the
   * kind that asks for them. What was proven is believed for a minute; the opposite for a few
   * seconds.
   *
   * @param resource the plural of that kind, which says who asked
   */
  public PolicyState state(String namespace, String resource) {
    var now = clock.instant();
    var key = namespace + "/" + resource;
    var last = cached.get(key);
    if (last != null && now.isBefore(last.until())) {
      return last.state();
    }
    var state = probe(namespace, resource);
    cached.put(key, new Cached(state, now.plus(state.inForce() ? PROVEN : NOT_PROVEN)));
    return state;
  }

  private PolicyState probe(String namespace, String resource) {
    try {
      var release = refusedBy(namespace);
      var changedAt =
          Stream.of(
                  lastChange(release, "approvals", ValidatingAdmissionPolicy.class),
                  lastChange(release, "approvals", ValidatingAdmissionPolicyBinding.class),
                  lastChange(release, resource, ValidatingAdmissionPolicy.class),
                  lastChange(release, resource, ValidatingAdmissionPolicyBinding.class))
              .max(Instant::compareTo)
              .orElseThrow();
      return new PolicyState(
          true,
          changedAt,
          "A forged approval was refused; the policies are as of %s".formatted(changedAt));
    } catch (NotInForce e) {
      return new PolicyState(false, null, e.getMessage());
    } catch (KubernetesClientException e) {
      return new PolicyState(
          false,
          null,
          "It cannot be told whether the admission policies are in force in %s, because they cannot be read: %s Install the chart's ClusterRole for policies, or wait for the API server."
              .formatted(namespace, ended(Refusal.said(e))));
    }
  }

  /** The beginning of the names of the policies of whose release one refused the forgery. */
  private String refusedBy(String namespace) throws NotInForce {
    try {
      client.resource(forged()).inNamespace(namespace).dryRun().create();
    } catch (KubernetesClientException e) {
      var refusal = REFUSED.matcher(String.valueOf(e.getMessage()));
      if (refusal.find()) {
        return refusal.group(1);
      }
      throw new NotInForce(
          "The admission policy for approvals is not proven in %s: the probe ended otherwise: %s%s"
              .formatted(namespace, ended(Refusal.said(e)), remedy(e.getCode())));
    }
    throw new NotInForce(
        "The admission policy for approvals is not in force in %s: a forged approval would have been accepted.%s"
            .formatted(namespace, INSTALL));
  }

  private static String ended(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }

  private static String remedy(int code) {
    return switch (code) {
      case FORBIDDEN ->
          " The operator needs the right to create approvals, which the chart's roles give it; if another policy refused the probe, let it pass the name %s."
              .formatted(NAME);
      case NOT_FOUND -> " Install the CustomResourceDefinition of approvals.";
      case INVALID -> " Install the CustomResourceDefinitions of this version.";
      default -> " It is tried again in a few seconds.";
    };
  }

  /** Says what nobody said: its approver is no user. */
  private static Approval forged() {
    var approval = new Approval();
    approval.getMetadata().setName(NAME);
    approval.setSpec(
        new ApprovalSpec(
            new TargetRef(Kind.RollbackPlan, NAME, NAME),
            NAME,
            NAME,
            null,
            NAME,
            Decision.Approve,
            "nobody:" + NAME,
            "a dry run; never stored"));
    return approval;
  }

  private Instant lastChange(String release, String part, Class<? extends HasMetadata> type)
      throws NotInForce {
    var name = "%s.%s.backstep.dev".formatted(release, part);
    var what = "%s %s".formatted(HasMetadata.getKind(type), name);
    var found = client.resources(type).withName(name).get();
    if (found == null) {
      throw new NotInForce(
          "%s does not exist. Install the chart's admission policies again.".formatted(what));
    }
    var metadata = found.getMetadata();
    if (metadata.getManagedFields() == null || metadata.getManagedFields().isEmpty()) {
      throw new NotInForce(
          "%s does not tell when it was changed last (no managedFields). Install the chart's admission policies again."
              .formatted(what));
    }
    // The API server writes what it found wrong with the expressions to the status: no change.
    return Stream.concat(
            Stream.of(metadata.getCreationTimestamp()),
            metadata.getManagedFields().stream()
                .filter(entry -> !"status".equals(entry.getSubresource()))
                .map(entry -> entry.getTime()))
        .filter(time -> time != null)
        .map(time -> OffsetDateTime.parse(time).toInstant())
        .max(Instant::compareTo)
        .orElseThrow();
  }
}
