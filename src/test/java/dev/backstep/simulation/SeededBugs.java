package dev.backstep.simulation;

import static dev.backstep.simulation.Mistakes.effect;
import static dev.backstep.simulation.Mistakes.metadata;
import static dev.backstep.simulation.Mistakes.ofAnother;
import static dev.backstep.simulation.Mistakes.replaced;
import static dev.backstep.simulation.Mistakes.run;
import static dev.backstep.simulation.Mistakes.status;
import static dev.backstep.simulation.Mistakes.without;

import dev.backstep.action.dbrestore.DbRestoreExecutor;
import dev.backstep.action.dbrestore.MistakenDbRestores;
import dev.backstep.action.disabletriggers.DisableTriggersExecutor;
import dev.backstep.action.disabletriggers.MistakenTriggers;
import dev.backstep.action.job.Jobs;
import dev.backstep.action.job.MistakenJobs;
import dev.backstep.action.setconfig.MistakenReaders;
import dev.backstep.action.setconfig.Readers;
import dev.backstep.database.CatalogChanges;
import dev.backstep.database.ForgetfulTransactions;
import dev.backstep.database.MistakenCatalogChanges;
import dev.backstep.database.MistakenTransactions;
import dev.backstep.database.SqlTransactions;
import dev.backstep.database.swap.DatabaseSwaps;
import dev.backstep.database.swap.MistakenDatabaseSwaps;
import dev.backstep.gate.GateSampler;
import dev.backstep.gate.job.AskedJobs;
import dev.backstep.gate.job.MistakenAskedJobs;
import dev.backstep.http.HttpRequests;
import dev.backstep.http.MistakenRequests;
import dev.backstep.object.MistakenReversals;
import dev.backstep.object.PatchReversals;
import dev.backstep.restore.CheckStage;
import dev.backstep.restore.MistakenRestores;
import dev.backstep.restore.QuietStage;
import dev.backstep.restore.SafetyStage;
import dev.backstep.restore.SwapBack;
import dev.backstep.rollbackplan.claim.MistakenClaims;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.rollbackplan.scope.MistakenConsents;
import dev.backstep.rollbackplan.scope.PlanConsents;
import dev.backstep.synccontrol.gather.ForgetfulHolders;
import dev.backstep.synccontrol.gather.ForgetfulLookTimes;
import dev.backstep.synccontrol.gather.HoldersNow;
import dev.backstep.synccontrol.gather.LookTimes;
import dev.backstep.synccontrol.gather.MistakenHolders;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Deliberate mistakes, each with the ladder that provokes it and the rule that finds it. Those in
 * {@link #ALONE} are found by no other rule: without it they would stay.
 */
final class SeededBugs {
  private static final LongFunction<Trouble> NONE = seed -> new Trouble();
  private static final LongFunction<Trouble> FAULTS = Faults::new;

  private SeededBugs() {}

  /**
   * A mistake and what has to find it.
   *
   * @param rule finds it first
   * @param seeds it is found by one of so many
   */
  record SeededBug(
      String name,
      Supplier<Mistake> mistake,
      String rule,
      ReferenceLadder ladder,
      LongFunction<Trouble> trouble,
      int seeds) {

    Simulation history(long seed) {
      return new Simulation(ladder, seed, trouble.apply(seed), mistake.get());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static SeededBug calm(
      String name, String rule, ReferenceLadder ladder, Supplier<Mistake> mistake) {
    return new SeededBug(name, mistake, rule, ladder, NONE, 1);
  }

  /** One for each rule, which no other rule finds. */
  static final List<SeededBug> ALONE =
      List.of(
          calm(
              "EffectWithoutMark",
              "I1",
              ReferenceLadders.IMAGES,
              () -> effect(without(path -> path.endsWith("backstep.dev~1mark")))),
          calm(
              "ActsUnapproved",
              "I2",
              ReferenceLadders.APPROVED,
              () -> replaced(PlanConsents.class, MistakenConsents.class)),
          calm(
              "HoldForgotten",
              "I4",
              ReferenceLadders.TWO_ACTIONS,
              () -> status(Mistakes.forgetHoldsOnce())),
          calm("StepsDropped", "I5", ReferenceLadders.IMAGES, () -> status(Mistakes::keepLastStep)),
          calm(
              "SoakWithoutEnd",
              "I6",
              ReferenceLadders.IMAGES,
              () -> new WrongViews.OtherSoak("10h")),
          new SeededBug(
              "FenceNotWritten",
              WrongViews.FenceNotWritten::new,
              "I7",
              ReferenceLadders.ABORT,
              seed -> Once.diesBeforeItsEffect(),
              5),
          calm(
              "UncountedChanges", "I8", ReferenceLadders.IMAGES, () -> status(Mistakes::uncounted)),
          calm(
              "OperatorsOwnRights",
              "I9",
              ReferenceLadders.IMAGES,
              WrongViews.OperatorsOwnRights::new),
          calm(
              "OutcomeNotRecorded",
              "I11",
              ReferenceLadders.TWO_ACTIONS,
              () -> status(Mistakes::noOutcomes)),
          new SeededBug(
              "EffectOnAnyVersion",
              () -> effect(without(path -> path.endsWith("generation"))),
              "I13",
              ReferenceLadders.IMAGES,
              seed -> Once.editedBeforeItsEffect(),
              1),
          calm("SoakIgnored", "I14", ReferenceLadders.IMAGES, () -> new WrongViews.OtherSoak("1s")),
          calm(
              "LooksAgainAtOnce", "I15", ReferenceLadders.IMAGES, WrongViews.LooksAgainAtOnce::new),
          calm(
              "QuestionsAllTheSame",
              "ANSWER",
              ProvokingLadders.ASK_TWICE,
              () -> status(Mistakes::sameQuestion)),
          calm("PauseIgnored", "PAUSE", ReferenceLadders.PAUSE, WrongViews.PauseIgnored::new),
          calm(
              "UndoOverForeignChange",
              "UNDO",
              ProvokingLadders.UNDO_FOREIGN,
              () -> replaced(PatchReversals.class, MistakenReversals.class)),
          calm(
              "DryRunTakenForRun",
              "DRYRUN",
              ReferenceLadders.DRY_RUN,
              WrongViews.DryRunTakenForRun::new),
          calm(
              "OwnersNotLookedAt",
              "OWNED",
              ReferenceLadders.OWNED,
              WrongViews.OwnersNotLookedAt::new),
          calm("PostsAgainAndAgain", "ONCE", GateLadders.ONCE, WrongViews.PostsAgainAndAgain::new),
          calm(
              "CarriedOutAndRefused",
              "REFUSED",
              ReferenceLadders.IMAGES,
              () -> status(Mistakes::refused)),
          calm(
              "NothingJournaled",
              "JOURNAL",
              JournalLadders.JOURNAL,
              WrongViews.NothingJournaled::new),
          calm(
              "RightsOfElsewhere",
              "NEIGHBOUR",
              PlaceLadders.TWO_NAMESPACES,
              WrongViews.RightsOfElsewhere::new),
          calm(
              "ReadersNotRestarted",
              "READERS",
              EffectLadders.CONFIG,
              () -> replaced(Readers.class, MistakenReaders.class)),
          calm(
              "JobRunOnceMore",
              "JOB",
              EffectLadders.JOB_DELETED,
              () -> replaced(Jobs.class, MistakenJobs.class)),
          calm(
              "NothingToTakeBack",
              "SQL",
              OutsideLadders.SQL,
              () -> replaced(SqlTransactions.class, MistakenTransactions.class)),
          calm(
              "RowsStay",
              "FORGET",
              OutsideLadders.SQL_PRUNED,
              () -> replaced(SqlTransactions.class, ForgetfulTransactions.class)),
          calm(
              "SentAgainWhateverItDoes",
              "HTTP",
              OutsideLadders.HTTP_TAKEN,
              () -> replaced(HttpRequests.class, MistakenRequests.class)),
          calm(
              "SaysOffAtOnce",
              "OFF",
              ReferenceSwitchings.SCALE,
              () -> SyncMistakes.status(SyncMistakes::saysOff)),
          calm(
              "OneReplicaLess",
              "BEFORE",
              ReferenceSwitchings.SCALE,
              () -> effect(SyncMistakes::oneLess)),
          calm(
              "AbsenceTakenForRelease",
              "HELD",
              HolderSwitchings.ENTRY_TAKEN,
              () -> replaced(HoldersNow.class, MistakenHolders.class)),
          new SeededBug(
              "ToldWithAnotherKey",
              SyncMistakes::anotherKey,
              "TOLD",
              ReferenceSwitchings.HTTP,
              seed -> Once.diesAfterItWasTold(),
              1),
          calm(
              "RenamesInTwoTransactions",
              "REACHABLE",
              RestoreLadders.RESTORE_UNDONE,
              () -> replaced(DatabaseSwaps.class, MistakenDatabaseSwaps.class)),
          calm(
              "OldDataDropped",
              "KEPT",
              RestoreLadders.RESTORE_UNDONE,
              () -> replaced(CheckStage.class, MistakenRestores.NotKept.class)),
          calm(
              "NotCopiedBefore",
              "COPIED",
              RestoreLadders.RESTORE_UNDONE,
              () -> replaced(SafetyStage.class, MistakenRestores.NotCopied.class)),
          calm(
              "UndoneUnapproved",
              "AGREED",
              RestoreLadders.RESTORE_UNDONE,
              () -> replaced(DbRestoreExecutor.class, MistakenDbRestores.class)),
          calm(
              "WritersStay",
              "WRITERS",
              RestoreLadders.RESTORE_UNDONE,
              () -> replaced(QuietStage.class, MistakenRestores.NotQuiet.class)),
          calm("Throws", "X0", ReferenceLadders.IMAGES, WrongViews.Throws::new));

  /** More of them, which several rules may find; the one that comes first is named. */
  static final List<SeededBug> MORE =
      List.of(
          new SeededBug(
              "StatusWithoutVersion",
              () -> status(plan -> metadata(plan).remove("resourceVersion")),
              "I5|I7",
              ReferenceLadders.TWO_ACTIONS,
              FAULTS,
              10),
          calm(
              "AsksByAnotherJob",
              "ONCE",
              GateLadders.PROGRAM,
              () -> replaced(AskedJobs.class, MistakenAskedJobs.class)),
          calm(
              "FunctionsStayReplaced",
              "SQL",
              OutsideLadders.FUNCTIONS,
              () -> replaced(CatalogChanges.class, MistakenCatalogChanges.class)),
          calm(
              "SaidToBePutBack",
              "UNDO",
              RestoreLadders.RESTORE_UNDONE,
              () -> replaced(SwapBack.class, MistakenRestores.NotPutBack.class)),
          calm(
              "IntentNotRecorded",
              "I5",
              ReferenceLadders.IMAGES,
              () -> status(plan -> ofAnother(run(plan)))),
          calm("SeqRewound", "I5", ReferenceLadders.IMAGES, () -> status(Mistakes::rewind)),
          calm(
              "SeqStandsStill",
              "I5",
              ReferenceLadders.IMAGES,
              () -> status(plan -> run(plan).put("seq", 5))),
          calm(
              "OriginalFromZero",
              "I4|I5",
              ReferenceLadders.HOLD,
              () -> effect(Mistakes::zeroAsOriginal)),
          calm(
              "GivenBackAtOnce",
              "I4|I5",
              HoldLadders.TWO_RUNS_UNDONE,
              () -> effect(Mistakes::givenBackAtOnce)),
          new SeededBug(
              "ReleaseOverForeignChange",
              () -> effect(Mistakes::releaseAnyway),
              "I13|I5",
              ReferenceLadders.HOLD,
              seed -> Once.scaledBeforeItsRelease(),
              1),
          new SeededBug(
              "ImageOfAnotherState",
              WrongViews.ImageOfAnotherState::new,
              "I4",
              ReferenceLadders.IMAGES,
              NONE,
              1),
          new SeededBug(
              "RefusedTakenForApplied",
              WrongViews.RefusedTakenForApplied::new,
              "I8|I7",
              ReferenceLadders.IMAGES,
              seed -> Once.editedBeforeItsEffect(),
              1),
          new SeededBug(
              "ClaimsNotLookedAt",
              () -> replaced(PlanClaims.class, MistakenClaims.class),
              "I1|I8",
              ReferenceLadders.IMAGES,
              seed -> Once.recreatedAfterItsEffect(),
              1),
          new SeededBug(
              "StaleStreaks",
              () -> replaced(GateSampler.class, MistakenSampler.class),
              "I14",
              ReferenceLadders.HOLD,
              FAULTS,
              20),
          calm(
              "HoldsDoNotLookAtOwners",
              "OWNED",
              ProvokingLadders.OWNED_HOLD,
              WrongViews.OwnersNotLookedAt::new),
          calm(
              "MeansWithoutIntent",
              "I5",
              ReferenceSwitchings.SCALE,
              () -> SyncMistakes.status(SyncMistakes::intentsOfOthers)),
          calm(
              "NotReadBack",
              "OFF",
              ReferenceSwitchings.TRIGGERS_CHANGED,
              () -> replaced(LookTimes.class, ForgetfulLookTimes.class)),
          calm(
              "TakenForOffUnseen",
              "OFF",
              ReferenceSwitchings.TRIGGERS_STUBBORN,
              () -> replaced(DisableTriggersExecutor.class, MistakenTriggers.class)),
          calm(
              "LastHolderNotCounted",
              "HELD",
              HolderSwitchings.ALL.get(HolderSwitchings.ALL.size() - 1),
              () -> replaced(HoldersNow.class, ForgetfulHolders.class)),
          calm(
              "EndedOwnersCount",
              "OWNED",
              ProvokingLadders.OWNED_ENDED,
              WrongViews.EndedOwnersCount::new));
}
