package dev.backstep.rollbackplan;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Records;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Claims of runs: one per plan name and run id, created once, immutable, without owner. That a run
 * id was used is known from them alone, so a wiped status or a plan that was created again does not
 * run a second time.
 */
@ApplicationScoped
public class Claims {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  private final KubernetesClient client;

  /** Claims never change, so what was read once stays true. */
  private final Map<String, Claim> read = new ConcurrentHashMap<>();

  public Claims(KubernetesClient client) {
    this.client = client;
  }

  /** The name of the claim of a run. */
  static String name(RollbackPlan plan, String runId) {
    return "bs-run-" + Hashes.of(plan.getMetadata().getName(), runId);
  }

  static Records.Owner owner(RollbackPlan plan) {
    return new Records.Owner(plan.getMetadata().getNamespace(), plan.getMetadata().getName());
  }

  /** A claim; empty when nobody made it. */
  Optional<Claim> find(String namespace, String name) {
    var key = namespace + "/" + name;
    var known = read.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    var found =
        Optional.ofNullable(
                client.apps().controllerRevisions().inNamespace(namespace).withName(name).get())
            .map(record -> Records.data(record, JSON, Claim.class));
    found.ifPresent(claim -> read.put(key, claim));
    return found;
  }

  /** Makes a claim, or gives the one that is there already. */
  Claim create(RollbackPlan plan, String name, Claim claim) {
    var record =
        Records.create(
            client,
            owner(plan),
            name,
            Map.of(Annotations.RECORD, "claim"),
            JSON.valueToTree(claim));
    return Records.data(record, JSON, Claim.class);
  }

  /** Drops all but the newest claims, with their images; those of open and unreleased runs stay. */
  void prune(RollbackPlan plan, int keep, String current) {
    var namespace = plan.getMetadata().getNamespace();
    var claims =
        client
            .apps()
            .controllerRevisions()
            .inNamespace(namespace)
            .withLabel(Annotations.RECORD, "claim")
            .withLabel(Annotations.PLAN, Hashes.of(plan.getMetadata().getName()))
            .list()
            .getItems();
    claims.stream()
        .sorted(
            Comparator.comparing(
                    (ControllerRevision claim) -> claim.getMetadata().getCreationTimestamp())
                .reversed())
        .skip(keep)
        .map(claim -> claim.getMetadata().getName())
        .filter(name -> !name.equals(current) && !holding(plan, name))
        .forEach(name -> drop(namespace, name));
  }

  private static boolean holding(RollbackPlan plan, String claim) {
    return plan.getStatus().holds().stream().anyMatch(hold -> hold.claim().equals(claim));
  }

  private void drop(String namespace, String claim) {
    var revisions = client.apps().controllerRevisions().inNamespace(namespace);
    revisions.withLabel(Annotations.CLAIM, claim).delete();
    revisions.withName(claim).delete();
    read.remove(namespace + "/" + claim);
  }
}
