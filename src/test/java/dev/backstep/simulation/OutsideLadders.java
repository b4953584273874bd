package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.asked;
import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.wedged;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What is done to databases and endpoints, which do not show it. */
final class OutsideLadders {
  static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}
      """;

  static final String REPLICAS =
      """
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{port: 8080, name: ''}]
      endpoints:
      - {addresses: [10.1.0.1], conditions: {ready: true}, targetRef: {kind: Pod, name: web-a, uid: replica-1}}
      - {addresses: [10.1.0.2], conditions: {ready: true}, targetRef: {kind: Pod, name: web-b, uid: replica-2}}
      """;

  private static final String BACKLOG =
      """
      serviceAccountName: runner
      means:
      - name: worker
        scale: {workloads: [{kind: Deployment, name: worker}]}
      queue:
        interval: 30s
        size: {sql: {databaseRef: {name: orders-db}, query: SELECT backlog, timeout: 10s}, value: int(value)}
        clear:
          http:
            service: {name: web, port: 80}
            timeout: 10s
            export: {path: /shown}
            exportCount: size(body)
            clear: {path: /cleared}
            backup: {to: {volume: {claimName: backups}}, prefix: queue-}
      """;

  static final ReferenceLadder SQL =
      sql("sql", "Repair").thenState("Recovered", "Undone").thenSees("Undone", "Undone");

  static final ReferenceLadder SQL_HOLD =
      sql("sql-hold", "Hold").thenState("Mitigated", "Released").thenAnswer("Accept");

  static final ReferenceLadder SQL_ABORTED =
      sql("sql-aborted", "Hold")
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Undone")
          .madeRacy();

  /** It is done, and nobody hears of it for longer than anybody waits; then it is looked for. */
  static final ReferenceLadder SQL_UNHEARD =
      sql("sql-unheard", "Hold", "mend-unheard")
          .then(
              "answers Retry after a while",
              asked("OutcomeUnknown"),
              (world, plan) -> {
                ReferenceLadder.answer(plan, "Retry");
                Simulation.set(plan, "/spec/run/answer", "comment", "the database is back");
              })
          .thenState("Mitigated", "Released")
          .thenAnswer("Accept")
          .thenSees("Released", "AcceptedByHuman");

  /** The same, and somebody stops the run while nobody knows. */
  static final ReferenceLadder SQL_UNHEARD_ABORTED =
      sql("sql-unheard-aborted", "Repair", "mend-unheard")
          .thenState("Acting", "Aborted")
          .thenSees("Aborted", "AbortedByHuman")
          .madeRacy();

  /** What a run remembered in a database goes with its records. */
  static final ReferenceLadder SQL_PRUNED =
      pruning("sql-pruned")
          .then(
              "asks for a dry run",
              in("Recovered"),
              (world, plan) -> {
                ReferenceLadder.wish(plan, "INC-2", List.of("only"));
                ((ObjectNode) plan.at("/spec/run")).put("mode", "DryRun");
              })
          .then("sees the dry run", in("Completed"), (world, plan) -> {});

  static final ReferenceLadder TRIGGERS =
      catalog("triggers", "disableTriggers", "tables: [orders]")
          .thenState("Mitigated", "Released")
          .thenAnswer("Accept");

  static final ReferenceLadder FUNCTIONS =
      catalog("functions", "replaceFunctions", "functions: [{name: public.tax, body: '1'}]")
          .thenState("Mitigated", "Undone")
          .thenSees("Undone", "Undone");

  static final ReferenceLadder FUNCTIONS_ABORTED =
      catalog("functions-aborted", "replaceFunctions", "functions: [{name: public.tax, body: '1'}]")
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Undone")
          .madeRacy();

  static final ReferenceLadder HTTP =
      http("http", "Repair", true, "/mend")
          .thenState("Recovered", "Undone")
          .thenSees("Undone", "Undone");

  static final ReferenceLadder HTTP_HOLD =
      http("http-hold", "Hold", true, "/mend")
          .thenState("Mitigated", "Released")
          .thenAnswer("Accept");

  /** Nobody knows whether it was done; somebody looked, and says that it was not. */
  static final ReferenceLadder HTTP_LOST =
      http("http-lost", "Repair", false, "/mend-silently")
          .thenAnswer("Retry", "OutcomeUnknown", "I looked: it was not")
          .madeRacy();

  /** Nobody knows whether it was done; somebody looked, and says that it was. */
  static final ReferenceLadder HTTP_TAKEN =
      http("http-taken", "Repair", false, "/mend-silently")
          .thenAnswer("Skip", "OutcomeUnknown")
          .madeRacy();

  /** Nobody knows whether it was taken back; somebody looked, and says that it was. */
  static final ReferenceLadder HTTP_UNDO_LOST =
      http("http-undo-lost", "Repair", false, "/mend", "/spoil-silently")
          .thenState("Recovered", "Undone")
          .thenAnswer("Skip", "UndoUnknown")
          .thenSees("Undone", "Undone")
          .madeRacy();

  static final ReferenceLadder HTTP_RELEASE_LOST =
      http("http-release-lost", "Hold", false, "/mend", "/spoil-silently")
          .thenState("Mitigated", "Released")
          .thenAnswer("Skip", "ReleaseUnknown")
          .thenAnswer("Accept")
          .madeRacy();

  /** The answer is lost, and somebody else can say whether it was done: nobody is asked. */
  static final ReferenceLadder HTTP_VERIFIED =
      verified("http-verified").then("sees that it was", in("Recovered"), (world, plan) -> {});

  /** Stopped while it is found out. */
  static final ReferenceLadder HTTP_VERIFIED_ABORTED =
      verified("http-verified-aborted").thenState("Acting", "Aborted").madeRacy();

  /** One statement outside of a transaction, whose answer is lost: it was not, says somebody. */
  static final ReferenceLadder STATEMENT_LOST =
      statement("statement-lost", "mend-silently")
          .thenAnswer("Retry", "OutcomeUnknown", "I looked: it was not")
          .madeRacy();

  /** It was done, says somebody. */
  static final ReferenceLadder STATEMENT_TAKEN =
      statement("statement-taken", "mend-silently").thenAnswer("Skip", "OutcomeUnknown").madeRacy();

  /** Its answer comes; then it is taken back by another. */
  static final ReferenceLadder STATEMENT =
      statement("statement", "mend").thenState("Recovered", "Undone").madeRacy();

  static final ReferenceLadder HTTP_ABORTED =
      http("http-aborted", "Repair", true, "/mend")
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Undone")
          .madeRacy();

  /** A queue behind requests is kept by a Job, and then cleared; the answer is lost. */
  static final ReferenceLadder HTTP_CLEARED =
      cleared("http-cleared")
          .thenApproval("carol")
          .then("sees that it was", in("Recovered"), (world, plan) -> {});

  /** Stopped wherever it is: what was not kept is not cleared. */
  static final ReferenceLadder HTTP_CLEARED_ABORTED =
      cleared("http-cleared-aborted")
          .thenApproval("carol")
          .thenState("Acting", "Aborted")
          .madeRacy();

  /** To each replica of a Service by itself. */
  static final ReferenceLadder HTTP_EVERY =
      every("http-every", "Repair").thenState("Recovered", "Undone").thenSees("Undone", "Undone");

  /** One of them is replaced before it is taken back. */
  static final ReferenceLadder HTTP_EVERY_REPLACED =
      every("http-every-replaced", "Hold")
          .then(
              "replaces a replica",
              in("Mitigated"),
              (world, plan) -> {
                world.change(
                    "team",
                    "endpointslices",
                    "web-1",
                    it -> Simulation.set(it, "/endpoints/1/targetRef", "uid", "replica-3"));
                ReferenceLadder.state(plan, "Released");
              })
          .thenAnswer("Accept");

  static final List<ReferenceLadder> ALL =
      List.of(
          SQL,
          SQL_HOLD,
          SQL_ABORTED,
          TRIGGERS,
          FUNCTIONS,
          FUNCTIONS_ABORTED,
          SQL_UNHEARD,
          SQL_UNHEARD_ABORTED,
          SQL_PRUNED,
          HTTP,
          HTTP_HOLD,
          HTTP_EVERY,
          HTTP_EVERY_REPLACED,
          HTTP_LOST,
          HTTP_TAKEN,
          HTTP_UNDO_LOST,
          HTTP_RELEASE_LOST,
          HTTP_VERIFIED,
          HTTP_VERIFIED_ABORTED,
          HTTP_CLEARED,
          HTTP_CLEARED_ABORTED,
          STATEMENT,
          STATEMENT_LOST,
          STATEMENT_TAKEN,
          HTTP_ABORTED);

  private OutsideLadders() {}

  private static ReferenceLadder pruning(String name) {
    var ladder = sql(name, "Repair");
    ((ObjectNode) ladder.subject().path("spec")).put("historyLimit", 1);
    return ladder;
  }

  private static ReferenceLadder sql(String name, String effect) {
    return sql(name, effect, "mend");
  }

  private static ReferenceLadder sql(String name, String effect, String statements) {
    return ladder(
        name,
        """
        sql:
          effect: %s
          destructive: false
          databaseRef: {name: orders-db}
          statements: %s
          undo: spoil
        """
            .formatted(effect, statements));
  }

  private static ReferenceLadder statement(String name, String statements) {
    var one = sql(name, "Repair", statements);
    ((ObjectNode) one.subject().at("/spec/levels/0/actions/0/sql")).put("transaction", "None");
    return one;
  }

  /** It is sent once, unless {@code verify} says that it was not done. */
  private static ReferenceLadder verified(String name) {
    var one = http(name, "Repair", false, "/mend-silently");
    var action = (ObjectNode) one.subject().at("/spec/levels/0/actions/0");
    action.put("timeout", "10m");
    var http = (ObjectNode) action.path("http");
    http.remove("undo");
    http.putObject("verify").put("path", "/told/asked").put("successCondition", "body == 'yes'");
    return one;
  }

  private static ReferenceLadder cleared(String name) {
    return ReferenceLadder.of(
            name,
            GATES
                + levels(
                    """
                    - name: only
                      approval: {approvers: 1}
                      actions:
                      - name: clear
                        timeout: 10m
                        clearQueue: {syncControlRef: {name: orders}}
                    """))
        .with(wedged(deployment("web", "app:v1")), deployment("worker", "app:v1"))
        .with(List.of(ReferenceLadder.sync(BACKLOG)))
        .thenRun(in("Idle"), "only");
  }

  private static ReferenceLadder catalog(String name, String action, String what) {
    return ladder(name, "%s:\n  databaseRef: {name: orders-db}\n  %s\n".formatted(action, what));
  }

  private static ReferenceLadder http(String name, String effect, boolean idempotent, String path) {
    return http(name, effect, idempotent, path, "/spoil");
  }

  private static ReferenceLadder http(
      String name, String effect, boolean idempotent, String path, String undo) {
    return ladder(
        name,
        """
        http:
          effect: %s
          destructive: false
          idempotent: %s
          service: {name: web, port: 80}
          path: %s
          method: POST
          undo: {path: %s, method: POST}
        """
            .formatted(effect, idempotent, path, undo));
  }

  private static ReferenceLadder every(String name, String effect) {
    var one = http(name, effect, true, "/mend");
    var call = (ObjectNode) one.subject().at("/spec/levels/0/actions/0/http/service");
    call.put("replicas", "Every");
    return one.with(SERVICE, REPLICAS);
  }

  private static ReferenceLadder ladder(String name, String action) {
    var level = "- name: only\n  actions:\n  - name: mend\n    timeout: 2m\n" + action.indent(4);
    return ReferenceLadder.of(name, GATES + levels(level))
        .with(wedged(deployment("web", "app:v1")))
        .thenRun(in("Idle"), "only");
  }
}
