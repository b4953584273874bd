package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** One sort of deployer. Each is a bean; nothing lists them. */
interface DeployerKind {
  /** How it is found in the API. */
  ResourceDefinitionContext resource();

  /** The deployer of this kind that says of an object that it deploys it; empty: none does. */
  Optional<Deployer> of(HasMetadata object);

  /** Those of this kind that a plan holds. */
  Stream<Deployer> named(GitOps gitOps);

  /** How a plan names one, in a few words. */
  String howToName(Deployer deployer);

  /**
   * What it does by itself to what a run changed, in words that follow its name; empty: nothing.
   *
   * @param deployer as the API server has it, like in all that follows
   */
  Optional<String> reverts(JsonNode deployer);

  /**
   * Whether it keeps a place of an object that it deploys as Git has it, whatever others write
   * there; empty: that is not to be seen.
   */
  Optional<Boolean> keeps(HasMetadata object, Place place);

  /** What it does to fields that people set by kubectl and Git does not have, with the remedy. */
  Optional<String> clears(HasMetadata object);

  /** Where it is switched off. */
  Place place();

  /** What is in it at any time, around the place: nobody else may change that meanwhile. */
  Place around();

  /** What the place says when it is off. */
  JsonNode off();

  /** What it has going on, which no switch stops, as a clause; empty: nothing. */
  Optional<String> underWay(JsonNode deployer);

  /**
   * For how long after it was switched off that is waited for; empty: until it is over, because it
   * is ended.
   */
  Optional<Duration> patience();

  /** How what it has going on is ended; empty: it cannot be, or nothing is. */
  Optional<Ending> ending(JsonNode deployer);

  /** An annotation by which it is asked to compare again; empty: it cannot be asked. */
  Optional<Comparing> comparing();

  /**
   * What it would deploy when it is switched on again, though something else runs, as a clause;
   * empty: what runs is what Git has.
   */
  Optional<String> redeploys(JsonNode deployer);

  /** A place, which is there, and what is written into it. */
  record Ending(Place place, JsonNode value) {}

  /** An annotation, which is gone once it has compared. */
  record Comparing(String annotation, String value) {}

  /** A resource whose objects are in namespaces. */
  static ResourceDefinitionContext resource(
      String group, String version, String kind, String plural) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }

  /** What an object says of itself under this key; empty: nothing. */
  static Optional<String> label(HasMetadata object, String key) {
    return Optional.ofNullable(object.getMetadata().getLabels()).map(labels -> labels.get(key));
  }
}
