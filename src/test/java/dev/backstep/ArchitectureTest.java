package dev.backstep;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.backstep.leader.LedOperator;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The dependency rules of docs/architecture.md. */
@AnalyzeClasses(packages = "dev.backstep", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final int RECONCILER_LINES = 150;

  /** What actions, gates and all kinds use. */
  private static final String[] SHARED = {
    "dev.backstep.claim..",
    "dev.backstep.effect..",
    "dev.backstep.event..",
    "dev.backstep.http..",
    "dev.backstep.measure..",
    "dev.backstep.memory..",
    "dev.backstep.notification..",
    "dev.backstep.problem..",
    "dev.backstep.resource..",
    "dev.backstep.time..",
    "dev.backstep.turn..",
  };

  /** One package for each action, gate and means. */
  private static final String[] SINGLE = {
    "dev.backstep.action.*..", "dev.backstep.gate.*..", "dev.backstep.means.*..",
  };

  private static final String[] KINDS = {
    "dev.backstep.rollbackplan..", "dev.backstep.synccontrol..", "dev.backstep.dbrestore..",
  };

  @ArchTest
  static final ArchRule API_KNOWS_NOTHING_OF_OURS =
      noClasses()
          .that()
          .resideInAPackage("dev.backstep.api..")
          .should()
          .dependOnClassesThat(ours().and(outside("dev.backstep.api")));

  @ArchTest
  static final ArchRule ENGINE_IS_PURE =
      noClasses()
          .that()
          .resideInAPackage("dev.backstep.runbook..")
          .should()
          .dependOnClassesThat(
              ours()
                  .and(outside("dev.backstep.api"))
                  .and(outside("dev.backstep.runbook"))
                  .and(outside("dev.backstep.effect"))
                  .and(outside("dev.backstep.measure"))
                  .and(outside("dev.backstep.problem"))
                  .and(outside("dev.backstep.text"))
                  .and(outside("dev.backstep.time")))
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8.kubernetes.client..",
              "java.net..",
              "java.sql..",
              "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock");

  @ArchTest
  static final ArchRule WHAT_SWITCHES_AND_RESTORES_DO_IS_DECIDED_PURELY =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.backstep.synccontrol.decide..", "dev.backstep.dbrestore.decide..")
          .should()
          .dependOnClassesThat(
              ours()
                  .and(outside("dev.backstep.api"))
                  .and(outside("dev.backstep.synccontrol.decide"))
                  .and(outside("dev.backstep.dbrestore.decide"))
                  .and(outside("dev.backstep.effect"))
                  .and(outside("dev.backstep.problem"))
                  .and(outside("dev.backstep.time")))
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8.kubernetes.client..", "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock");

  @ArchTest
  static final ArchRule THE_SHARED_WORDS_KNOW_NO_KIND =
      noClasses()
          .that()
          .resideInAnyPackage(SHARED)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.backstep.runbook..",
              "dev.backstep.rollbackplan..",
              "dev.backstep.synccontrol..",
              "dev.backstep.dbrestore..",
              "dev.backstep.action..",
              "dev.backstep.gate..",
              "dev.backstep.journal..");

  @ArchTest
  static final ArchRule THE_SHARED_WORDS_KNOW_NO_RESOURCE_OF_A_KIND =
      noClasses()
          .that()
          .resideInAnyPackage(SHARED)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(".*\\.(RollbackPlan|SyncControl|DbRestore)[A-Za-z]*");

  @ArchTest
  static final ArchRule ONLY_ITSELF_KNOWS_A_KIND =
      noClasses()
          .that()
          .resideOutsideOfPackages(KINDS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(KINDS);

  @ArchTest
  static final ArchRule KINDS_DO_NOT_KNOW_EACH_OTHER =
      slices()
          .matching("dev.backstep.(rollbackplan|synccontrol|dbrestore)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule THE_ROOMS_OF_A_KIND_MAKE_NO_CYCLE =
      slices()
          .matching("dev.backstep.(rollbackplan|synccontrol|dbrestore).(*)..")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_ROOMS_OF_A_KIND_DO_NOT_KNOW_THE_LOOP =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.backstep.rollbackplan.*..",
              "dev.backstep.synccontrol.*..",
              "dev.backstep.dbrestore.*..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.backstep.rollbackplan", "dev.backstep.synccontrol", "dev.backstep.dbrestore");

  @ArchTest
  static final ArchRule THE_JOURNAL_KNOWS_NO_KIND =
      noClasses()
          .that()
          .resideInAPackage("dev.backstep.journal..")
          .should()
          .dependOnClassesThat(
              ours()
                  .and(outside("dev.backstep.journal"))
                  .and(outside("dev.backstep.api"))
                  .and(outside("dev.backstep.config"))
                  .and(outside("dev.backstep.memory")));

  @ArchTest
  static final ArchRule ACTIONS_DO_NOT_KNOW_EACH_OTHER =
      slices().matching("dev.backstep.action.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule GATES_DO_NOT_KNOW_EACH_OTHER =
      slices().matching("dev.backstep.gate.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule MEANS_DO_NOT_KNOW_EACH_OTHER =
      slices().matching("dev.backstep.means.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule NOBODY_KNOWS_A_SINGLE_ACTION_GATE_OR_MEANS =
      noClasses()
          .that()
          .resideOutsideOfPackages(SINGLE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SINGLE);

  @ArchTest
  static final ArchRule NOBODY_KNOWS_WHO_DEPLOYS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.backstep.gitops..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.backstep.gitops..");

  @ArchTest
  static final ArchRule NOTHING_IS_DECIDED_BY_METRICS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.backstep.metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.backstep.metrics..", "io.micrometer..", "io.prometheus..");

  @ArchTest
  static final ArchRule ACTIONS_AND_GATES_DO_NOT_KNOW_THE_KINDS =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.backstep.action..", "dev.backstep.gate..", "dev.backstep.means..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.backstep.rollbackplan..",
              "dev.backstep.synccontrol..",
              "dev.backstep.dbrestore..",
              "dev.backstep.journal..");

  @ArchTest
  static final ArchRule APPROVALS_DO_NOT_KNOW_THE_KINDS =
      noClasses()
          .that()
          .resideInAPackage("dev.backstep.approval..")
          .should()
          .dependOnClassesThat(
              ours()
                  .and(outside("dev.backstep.api"))
                  .and(outside("dev.backstep.approval"))
                  .and(outside("dev.backstep.cluster"))
                  .and(outside("dev.backstep.resource")));

  /** And who hands them over to it. */
  @ArchTest
  static final ArchRule ONLY_KINDS_KNOW_THE_OPERATOR_SDK =
      noClasses()
          .that()
          .resideOutsideOfPackages(KINDS)
          .and()
          .areNotAssignableTo(LedOperator.class)
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("io.javaoperatorsdk.operator.api.reconciler..")
                  .and(not(type(EventSourceContext.class))));

  /**
   * What is begun by the start of the process, and not by a pass, runs in those that stand by too.
   */
  @ArchTest
  static final ArchRule NOTHING_ACTS_BECAUSE_THE_PROCESS_STARTED =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.backstep.leader..", "dev.backstep.journal..", "dev.backstep.metrics..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.quarkus.runtime.StartupEvent")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("io.quarkus.scheduler..");

  @ArchTest
  static final ArchRule NOTHING_IS_DECIDED_BY_WHO_LEADS =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.backstep.leader..", "dev.backstep.metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.backstep.leader..");

  @ArchTest
  static final ArchRule FEW_PACKAGES_KNOW_SQL =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.backstep.journal..",
              "dev.backstep.database..",
              "dev.backstep.resync..",
              "dev.backstep.dump..",
              "dev.backstep.sqlite..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.sql..");

  @ArchTest
  static final ArchRule DATABASES_DO_NOT_KNOW_THE_SWAP =
      noClasses()
          .that()
          .resideInAPackage("dev.backstep.database")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.backstep.database.swap..");

  @ArchTest
  static final ArchRule NOTHING_IS_KEPT_IN_STATIC_FIELDS =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage("dev.backstep..")
          .and()
          .areStatic()
          .should()
          .haveModifier(JavaModifier.FINAL);

  @ArchTest
  static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .resideInAnyPackage(
              "..util..", "..common..", "..impl..", "..manager..", "..helper..", "..service..");

  @ArchTest
  static final ArchRule RECONCILERS_ARE_SHORT =
      classes().that().haveSimpleNameEndingWith("Reconciler").should(haveAtMost(RECONCILER_LINES));

  private static DescribedPredicate<JavaClass> ours() {
    return JavaClass.Predicates.resideInAPackage("dev.backstep..");
  }

  private static DescribedPredicate<JavaClass> outside(String name) {
    return JavaClass.Predicates.resideOutsideOfPackage(name + "..");
  }

  private static ArchCondition<JavaClass> haveAtMost(int lines) {
    return new ArchCondition<>("have at most " + lines + " lines") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        var file = Path.of("src/main/java", type.getName().replace('.', '/') + ".java");
        try (var text = Files.lines(file)) {
          var count = text.count();
          if (count > lines) {
            events.add(SimpleConditionEvent.violated(type, file + " has " + count + " lines"));
          }
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
