package dev.backstep.dbrestore.gather;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.Hashes;
import dev.backstep.dbrestore.claim.RestoreClaims;
import dev.backstep.dbrestore.decide.RestoreSnapshot;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Due;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.Progress;
import dev.backstep.restore.Seen;
import dev.backstep.restore.Stand;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Gathers what a decision needs, in one pass. */
@ApplicationScoped
public class RestoreReader {
  private final RestoreClaims claims;
  private final RestoreLooker looker;
  private final RestoreConsents consents;
  private final RestorePreflight preflight;
  private final EffectRunner effects;
  private final Clock clock;

  public RestoreReader(
      RestoreClaims claims,
      RestoreLooker looker,
      RestoreConsents consents,
      RestorePreflight preflight,
      EffectRunner effects,
      Clock clock) {
    this.claims = claims;
    this.looker = looker;
    this.consents = consents;
    this.preflight = preflight;
    this.effects = effects;
    this.clock = clock;
  }

  /** The DbRestore and the world around it, now. */
  public RestoreView read(DbRestore restore) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var run = RestoreCache.run(restore);
    var claim =
        run.map(RestoreRun::claim)
            .flatMap(name -> claims.find(restore.getMetadata().getNamespace(), name));
    var spec = claim.map(Claim::pinned).orElse(restore.getSpec());
    var claimed = run.isEmpty() || claim.isPresent();
    var stand =
        run.isPresent() && claimed ? looker.stand(restore, spec, now) : Optional.<Stand>empty();
    var problems = preflight.of(restore, now);
    return new RestoreView(
        restore,
        now,
        claimed,
        problems,
        stand,
        new RestoreSnapshot(
            spec,
            problems.filter(List::isEmpty).isPresent(),
            wish(restore),
            Optional.ofNullable(restore.getSpec().stateBy()).orElse("The deletion"),
            restore.said(),
            now,
            run.map(RestoreRun::claim).orElseGet(() -> RestoreClaims.name(restore)),
            stand.map(it -> new Due(it.phase(), it.step())),
            stand
                .flatMap(Stand::seen)
                .filter(seen -> known(restore, seen))
                .map(seen -> hash(spec, seen)),
            progress(restore, run),
            consents.of(restore, spec, now)));
  }

  /** One that is being deleted stops, and puts nothing back that was replaced. */
  private static DbRestoreSpec.State wish(DbRestore restore) {
    return restore.isMarkedForDeletion() ? DbRestoreSpec.State.Aborted : restore.getSpec().state();
  }

  /** What was approved stays so when it is only forgotten what was found. */
  private static boolean known(DbRestore restore, Seen seen) {
    return !seen.facts().isEmpty() || restore.getSpec().state() == DbRestoreSpec.State.Undone;
  }

  /** Of what is wanted, and of what it means now: which databases, and which backup. */
  private static String hash(DbRestoreSpec spec, Seen seen) {
    return Hashes.of(Json.MAPPER.valueToTree(List.of(spec.restore(), seen.parts(), seen.facts())));
  }

  private Progress progress(DbRestore restore, Optional<RestoreRun> run) {
    return run.map(RestoreRun::intent)
        .map(intent -> effects.progress(restore.getMetadata().getUid(), intent))
        .orElse(new Progress.None());
  }
}
