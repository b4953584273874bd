package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Author;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * HorizontalPodAutoscalers, which choose the number of a workload's replicas while it has any. They
 * are not watched: who has to know asks, on the author's rights.
 */
@ApplicationScoped
public class Autoscalers {
  private static final String GROUP = "autoscaling";
  private static final String RESOURCE = "horizontalpodautoscalers";

  /** What an author may lack who then does not learn of any. */
  public static final Right LIST =
      Right.useful(
          "list",
          GROUP,
          RESOURCE,
          "the limits of autoscalers are not looked at when replicas are set or given back");

  private final Impersonation impersonation;

  public Autoscalers(Impersonation impersonation) {
    this.impersonation = impersonation;
  }

  /**
   * What one autoscaler chooses from.
   *
   * @param name of the HorizontalPodAutoscaler
   * @param target the workload that it scales
   */
  public record Limits(String name, WorkloadRef target, int min, int max) {
    /** True when it may have chosen this number; with 0 replicas it is switched off. */
    public boolean allow(int replicas) {
      return replicas > 0 && replicas == nearest(replicas);
    }

    /** The number that it leaves where this one is set; 0 switches it off. */
    public int nearest(int replicas) {
      return replicas == 0 ? 0 : Math.max(min, Math.min(max, replicas));
    }

    @Override
    public String toString() {
      return "HorizontalPodAutoscaler %s (%d to %d replicas)".formatted(name, min, max);
    }
  }

  /** Those of the author's namespace: asked for once, and not before somebody wants to know. */
  public Seen of(Author author) {
    return new Asked(author);
  }

  /** The autoscalers of one namespace as they were at one time. */
  @FunctionalInterface
  public interface Seen {
    /** What scales the workload; empty: nothing does, or that may not be known. */
    Optional<Limits> of(WorkloadRef workload);

    /** Why it is not known what scales a workload; empty: it is known, or was not asked for. */
    default Optional<String> unknown() {
      return Optional.empty();
    }
  }

  private final class Asked implements Seen {
    private final Author author;
    private List<Limits> all;
    private boolean forbidden;

    private Asked(Author author) {
      this.author = author;
    }

    @Override
    public Optional<Limits> of(WorkloadRef workload) {
      if (all == null) {
        all = list();
      }
      return all.stream().filter(limits -> limits.target().equals(workload)).findFirst();
    }

    @Override
    public Optional<String> unknown() {
      return forbidden
          ? Optional.of(
              "whether an autoscaler limits that is not known, because %s may not list %s.%s"
                  .formatted(author, RESOURCE, GROUP))
          : Optional.empty();
    }

    private List<Limits> list() {
      try {
        return impersonation
            .as(author)
            .autoscaling()
            .v2()
            .horizontalPodAutoscalers()
            .inNamespace(author.namespace())
            .list()
            .getItems()
            .stream()
            .map(Autoscalers::limits)
            .flatMap(Optional::stream)
            .toList();
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
          throw e;
        }
        forbidden = true;
        return List.of();
      }
    }
  }

  /** Empty: it scales something that no plan can name. */
  private static Optional<Limits> limits(HorizontalPodAutoscaler autoscaler) {
    var spec = autoscaler.getSpec();
    var target = spec.getScaleTargetRef();
    return WorkloadRef.of(target.getKind(), target.getName())
        .map(
            workload ->
                new Limits(
                    autoscaler.getMetadata().getName(),
                    workload,
                    Objects.requireNonNullElse(spec.getMinReplicas(), 1),
                    spec.getMaxReplicas()));
  }
}
