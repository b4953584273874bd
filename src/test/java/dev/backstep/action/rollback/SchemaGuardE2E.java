package dev.backstep.action.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Code does not go back to what a migrated database is too new for, or only when somebody says so.
 */
class SchemaGuardE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(3);

  private static final String MIGRATIONS =
      "CREATE TABLE migrations (version int PRIMARY KEY); INSERT INTO migrations VALUES (41)";

  private static final String STABLE =
      """
      stable:
        soak: 5s
        workloads: [{kind: Deployment, name: web}]
        schema:
          databaseRef: {name: db}
          query: SELECT max(version) FROM migrations
          timeout: 2s
      """;

  private static final String LEVELS =
      """
      - name: back
        actions:
        - name: back
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {lastStable: {}}
            onSchemaChange: %s
      - name: pinned
        actions:
        - name: pinned
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
      """;

  /** A broken release that came with a migration, after one that was proven good. */
  private static void migrated(Shop shop, String onSchemaChange) {
    shop.apply(PodDatabase.DATABASE);
    shop.apply(PodDatabase.MAY_READ);
    shop.rolledOut("db");
    shop.apply(PodDatabase.SECRET.formatted(PodDatabase.address(shop, "db")));
    Psql.of(shop).says(MIGRATIONS);
    shop.serving("web", "v1").plan(LEVELS.formatted(onSchemaChange), STABLE);
    shop.await("a stable revision", plan -> !plan.getStatus().stable().isEmpty());
    Psql.of(shop).says("INSERT INTO migrations VALUES (42)");
    shop.release("web", "v2");
    shop.awaitCondition(ConditionTypes.HEALTHY, "False");
  }

  @Test
  void somebodyIsAskedAndItGoesBackOnceTheSchemaDid() {
    try (var shop = Shop.open("schema-ask")) {
      // given
      migrated(shop, "Ask");

      // when
      shop.run("INC-1", "back", "pinned").awaitRest();

      // then
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.SCHEMA_CHANGED);
      assertThat(shop.runStatus().message())
          .contains("what ran with schema 41, and the database has schema 42 now");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");

      // when
      Psql.of(shop).says("DELETE FROM migrations WHERE version = 42");
      shop.answer("Retry").awaitPhase(Phase.Recovered);

      // then
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.runStatus().level()).isZero();
    }
  }

  @Test
  void theLevelIsLeftWhereThePlanSaysSo() {
    try (var shop = Shop.open("schema-next")) {
      // given
      migrated(shop, "NextLevel");

      // when
      shop.run("INC-1", "back", "pinned").awaitPhase(Phase.Recovered);

      // then
      assertThat(shop.runStatus().levels())
          .extracting(LevelStatus::name, LevelStatus::outcome)
          .containsExactly(
              tuple("back", LevelStatus.Outcome.Precondition),
              tuple("pinned", LevelStatus.Outcome.Healthy));
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
    }
  }

  /** Not to know is no reason to go on to something that destroys more. */
  @Test
  void whereNobodyKnowsSomebodyIsAskedWhateverThePlanSays() {
    try (var shop = Shop.open("schema-down")) {
      // given
      migrated(shop, "NextLevel");
      shop.kubectl("scale", "deployment", "db", "--replicas=0").orThrow();
      shop.kubectl("wait", "pod", "-l", "app=db", "--for=delete", "--timeout=60s").orThrow();

      // when
      shop.run("INC-1", "back", "pinned").awaitRest();

      // then
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.SCHEMA_CHANGED);
      assertThat(shop.runStatus().message())
          .contains("which schema the database has now could not be asked");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");

      // when
      shop.answer("Proceed").awaitPhase(Phase.Recovered);

      // then
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.runStatus().level()).isZero();
    }
  }
}
