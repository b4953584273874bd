package dev.backstep.testing;

/** A PostgreSQL in a pod, for tests that want one beside their shop. */
public final class PodDatabase {
  /** Deployment and Service {@code db}. */
  public static final String DATABASE =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: db}
      spec:
        selector: {matchLabels: {app: db}}
        template:
          metadata: {labels: {app: db}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: postgres
              image: backstep.dev/postgres:15
              env:
              - {name: POSTGRES_USER, value: shop}
              - {name: POSTGRES_PASSWORD, value: secret}
              - {name: POSTGRES_DB, value: shop}
              readinessProbe: {tcpSocket: {port: 5432}, periodSeconds: 1}
              # Stays where the container begins anew.
              volumeMounts: [{name: data, mountPath: /var/lib/postgresql}]
            volumes: [{name: data, emptyDir: {}}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: db}
      spec: {selector: {app: db}, ports: [{port: 5432}]}
      """;

  /** How a plan reaches it; wants the address of its Service. */
  public static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: db, labels: {backstep.dev/database: "true"}}
      stringData: {host: "%s", port: "5432", dbname: shop, user: shop, password: secret}
      """;

  /** Lets the shop's runner read that. */
  public static final String MAY_READ =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: db}
      rules: [{apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get]}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: db}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: db}
      """;

  private PodDatabase() {}

  /** The address of a Service of the shop. */
  public static String address(Shop shop, String service) {
    return shop.client()
        .services()
        .inNamespace(shop.namespace())
        .withName(service)
        .require()
        .getSpec()
        .getClusterIP();
  }
}
