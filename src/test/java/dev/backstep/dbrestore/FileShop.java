package dev.backstep.dbrestore;

import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.testing.Command;
import dev.backstep.testing.Shop;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A shop whose orders are in a SQLite file on a volume, with an application in a pod that writes to
 * it all the time, and a keeper who looks at the volumes without having anything open.
 */
final class FileShop implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private static final String VOLUMES =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: shop-data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: backups}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: app}
      data:
        app.py: |
          import signal, sqlite3, sys, time
          signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
          shop = sqlite3.connect("/data/shop.db", isolation_level=None)
          shop.execute("PRAGMA journal_mode = WAL")
          open("/tmp/ready", "w").close()
          while True:
            shop.execute("INSERT INTO visits (at) VALUES (julianday())")
            time.sleep(0.1)
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: keeper}
      spec:
        selector: {matchLabels: {app: keeper}}
        template:
          metadata: {labels: {app: keeper}}
          spec:
            terminationGracePeriodSeconds: 1
            initContainers:
            - name: open
              image: backstep.dev/debian:12
              command: [bash, -c, "chmod 777 /data /backups"]
              volumeMounts: [{name: data, mountPath: /data}, {name: backups, mountPath: /backups}]
            containers:
            - name: keeper
              image: backstep.dev/procrastinate:3
              command: [bash, -c, "sleep infinity"]
              volumeMounts: [{name: data, mountPath: /data}, {name: backups, mountPath: /backups}]
            volumes:
            - {name: data, persistentVolumeClaim: {claimName: shop-data}}
            - {name: backups, persistentVolumeClaim: {claimName: backups}}
      """;

  private static final String APP =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: local}
      spec:
        strategy: {type: Recreate}
        selector: {matchLabels: {app: local}}
        template:
          metadata: {labels: {app: local}}
          spec:
            terminationGracePeriodSeconds: 5
            containers:
            - name: app
              image: backstep.dev/procrastinate:3
              command: [python3.11, /app/app.py]
              startupProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1, failureThreshold: 120}
              volumeMounts: [{name: data, mountPath: /data}, {name: app, mountPath: /app}]
            volumes:
            - {name: data, persistentVolumeClaim: {claimName: shop-data}}
            - {name: app, configMap: {name: app}}
      """;

  private static final String MAY =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: restore}
      rules:
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      - {apiGroups: [''], resources: [pods/log], verbs: [get]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: restore}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: restore}
      """;

  static final String RESTORE =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: DbRestore
      metadata: {name: %s}
      spec:
        serviceAccountName: runner
        mode: %s
        reason: The orders of this morning are gone
        requestedBy: alice@example.com
        target: {sqlite: {claimName: shop-data, path: shop.db}}
        source: {from: {volume: {claimName: backups}}, path: %s}
        quiesce: {workloads: [{kind: Deployment, name: local}]}
        safetyBackup: {to: {volume: {claimName: backups}}, prefix: before-}
        verify:
        - name: orders
          query: SELECT count(*) FROM orders
          successCondition: value == 100
      """;

  static final String LEVEL =
      """
      - name: restore
        actions:
        - name: orders
          timeout: 10m
          dbRestore:
            target: {sqlite: {claimName: shop-data, path: shop.db}}
            source: {from: {volume: {claimName: backups}}, path: shop.sqlite}
            quiesce: {workloads: [{kind: Deployment, name: local}]}
            safetyBackup: {to: {volume: {claimName: backups}}, prefix: before-}
            verify:
            - {name: orders, query: SELECT count(*) FROM orders,
               successCondition: value == 100 && before == 7}
      """;

  private final RestoreShop people;

  private FileShop(RestoreShop people) {
    this.people = people;
  }

  /** With 100 orders in the backup {@code shop.sqlite}, and 7 in the live file. */
  static FileShop open(String name) {
    Command.run(List.of("dev/queue"), Map.of(), "").orThrow();
    var shop = Shop.open(name).serving("web", "v1");
    shop.apply(VOLUMES);
    shop.apply(MAY);
    shop.rolledOut("keeper");
    var opened = new FileShop(RestoreShop.of(shop));
    opened.python(
        """
        import sqlite3
        shop = sqlite3.connect("/data/shop.db", isolation_level=None)
        shop.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, tax INTEGER NOT NULL)")
        shop.execute("CREATE TABLE visits (id INTEGER PRIMARY KEY, at REAL NOT NULL)")
        shop.executemany("INSERT INTO orders VALUES (?, 19)", [(n,) for n in range(1, 101)])
        shop.execute("VACUUM INTO '/backups/shop.sqlite'")
        shop.execute("DELETE FROM orders WHERE id > 7")
        """);
    shop.apply(APP);
    shop.rolledOut("local");
    return opened;
  }

  RestoreShop people() {
    return people;
  }

  Shop shop() {
    return people.shop();
  }

  FileShop asks(String name, String mode, String path) {
    people.asks(RESTORE.formatted(name, mode, path));
    return this;
  }

  /** It is gone, so it writes nothing any more, and has nothing open. */
  void stopsApplication() {
    shop().kubectl("scale", "deployment/local", "--replicas=0").orThrow();
    shop().kubectl("wait", "--for=delete", "pods", "-l", "app=local", "--timeout=60s").orThrow();
  }

  /** What the keeper sees on the volumes. */
  String onVolume(String command) {
    return shop()
        .kubectl("exec", "deployment/keeper", "--", "bash", "-c", command)
        .orThrow()
        .stdout()
        .strip();
  }

  String python(String script) {
    return shop()
        .kubectlWith(script, "exec", "-i", "deployment/keeper", "--", "python3.11", "-")
        .orThrow()
        .stdout()
        .strip();
  }

  /** What the live file answers. */
  String sql(String query) {
    return python(
        """
        import sqlite3
        shop = sqlite3.connect("/data/shop.db", isolation_level=None)
        print(*shop.execute(\"""%s\""").fetchall()[0], sep="|")
        """
            .formatted(query));
  }

  String orders() {
    return sql("SELECT count(*) FROM orders");
  }

  /** The files beside the live one, without the tags of restores, and without what it keeps. */
  String files() {
    return onVolume(
        "cd /data && ls | grep -v 'shop.db-' | sed -E 's/_bs[0-9a-f]{8}_/_bs_/' | paste -sd,");
  }

  /** The application is there, and writes. */
  void awaitWriting() {
    var before = visits();
    await("writes of the application").atMost(LIMIT).until(() -> visits() > before);
  }

  private long visits() {
    return Long.parseLong(sql("SELECT count(*) FROM visits"));
  }

  void awaitPhase(String name, RestorePhase phase) {
    people.awaitPhase(name, phase);
  }

  @Override
  public void close() {
    people.close();
  }
}
