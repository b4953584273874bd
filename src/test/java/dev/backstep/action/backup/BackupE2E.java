package dev.backstep.action.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real Job of the operator's own image dumps a real database onto a real volume. */
class BackupE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** It has the volume mounted as well, to look at it. */
  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: backups}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shelf}
      spec:
        selector: {matchLabels: {app: shelf}}
        template:
          metadata: {labels: {app: shelf}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: shelf
              image: backstep.dev/debian:12
              command: [bash, -c, "sleep infinity"]
              volumeMounts: [{name: backups, mountPath: /backups}]
            volumes: [{name: backups, persistentVolumeClaim: {claimName: backups}}]
      """;

  private static final String MAY =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: backup}
      rules:
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      - {apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: backup}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: backup}
      """;

  private static final String LEVEL =
      """
      - name: backup
        onUnhealthy: Ask
        actions:
        - name: dump
          backup:
            target: {databaseRef: {name: db}}
            to: {volume: {claimName: backups}}
            prefix: shop/daily-
            timeout: 5m
      """;

  @Test
  void theJobSaysWhatIsWrongAndWhatItMade() throws Exception {
    operator.startWithItsImage();
    try (var shop = Shop.open("backup").serving("web", "v2")) {
      prepare(shop);
      shop.kubectl(
              "label",
              "namespace",
              shop.namespace(),
              "pod-security.kubernetes.io/enforce=restricted")
          .orThrow();
      shop.plan(LEVEL).run("INC-1", "backup");

      // The folder is root's alone: the program names that, and what to do.
      shop.awaitPhase(Phase.AwaitingAnswer);
      assertThat(shop.runStatus().question().message())
          .contains("Action dump failed: The pod may not use shop/daily-");
      onShelf(shop, "chmod 777 /backups");
      shop.answer("Retry");

      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(said(shop)).contains(" ended well: shop/daily-"));
      assertThat(said(shop)).contains("1,000 rows of 1 tables, sha256 ", "read back");
      var made = onShelf(shop, "cd /backups/shop && ls && sha256sum *.dump");
      assertThat(made).contains(".dump.manifest.json").doesNotContain(".partial");
      var sum = made.lines().filter(it -> it.matches("[0-9a-f]{64} .*")).findFirst().orElseThrow();
      assertThat(said(shop)).contains("sha256 " + sum.substring(0, 64));
      assertThat(onShelf(shop, "/usr/lib/postgresql/15/bin/pg_restore -l /backups/shop/*.dump"))
          .contains("TABLE DATA public orders");
    }
  }

  private static void prepare(Shop shop) {
    shop.apply(PodDatabase.DATABASE);
    shop.apply(VOLUME);
    shop.apply(MAY);
    shop.rolledOut("db").rolledOut("shelf");
    var service = shop.client().services().inNamespace(shop.namespace()).withName("db").require();
    shop.apply(PodDatabase.SECRET.formatted(service.getSpec().getClusterIP()));
    Psql.of(shop).says("CREATE TABLE orders AS SELECT n FROM generate_series(1, 1000) n");
  }

  private static String said(Shop shop) {
    var message = shop.runStatus().levels().get(0).actions().get(0).message();
    return message == null ? "" : message;
  }

  private static String onShelf(Shop shop, String command) {
    return shop.kubectl("exec", "deployment/shelf", "--", "bash", "-c", command).orThrow().stdout();
  }
}
