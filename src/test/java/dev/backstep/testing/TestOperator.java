package dev.backstep.testing;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The operator of one test class, for a static field with {@code @RegisterExtension}. Test classes
 * run side by side, so it serves the shops of its class and no others: their namespaces are named
 * before it starts, and {@link Shop#open} takes the next one.
 */
public final class TestOperator implements BeforeAllCallback, AfterAllCallback {
  /** Enough for most classes; not more than needed, as each costs the operator eight watches. */
  private static final int SHOPS = 12;

  private static final Duration GONE = Duration.ofMinutes(3);

  /** The API server's count of who watches objects in all namespaces. */
  private static final String WATCHING =
      "apiserver_longrunning_requests\\{.*resource=\"%s\",scope=\"cluster\".*} (\\d+)";

  /** The tests of a class run in one thread. */
  private static final ThreadLocal<TestOperator> CURRENT = new ThreadLocal<>();

  private final boolean atOnce;
  private final boolean everywhere;
  private final List<String> namespaces;
  private final AtomicInteger used = new AtomicInteger();
  private Optional<OperatorProcess> process = Optional.empty();

  private TestOperator(boolean atOnce, boolean everywhere, int shops) {
    this.atOnce = atOnce;
    this.everywhere = everywhere;
    var some = UUID.randomUUID().toString().substring(0, 8);
    this.namespaces =
        IntStream.rangeClosed(1, shops).mapToObj(n -> "shop-" + some + "-" + n).toList();
  }

  /** Runs from before the first test of the class until after the last. */
  public static TestOperator running() {
    return running(SHOPS);
  }

  /** As {@link #running()}, for a class whose tests open so many shops at most. */
  public static TestOperator running(int shops) {
    return new TestOperator(true, false, shops);
  }

  /** As {@link #running(int)}, and of all other namespaces too: for a class that is isolated. */
  public static TestOperator runningEverywhere(int shops) {
    return new TestOperator(true, true, shops);
  }

  /** As {@link #running(int)}, but a test starts it, because it needs what only the test knows. */
  public static TestOperator startedByATest(int shops) {
    return new TestOperator(false, false, shops);
  }

  /** A new namespace that is served by the operator of this class, or by none if it has none. */
  static String newNamespace(String purpose) {
    var operator = CURRENT.get();
    var name = operator == null ? Cluster.nameFor(purpose) : operator.next();
    return Cluster.get().createNamespace(name, purpose);
  }

  private String next() {
    if (used.get() == namespaces.size()) {
      throw new IllegalStateException(
          "This class opens more than %d shops: give TestOperator.running their number."
              .formatted(namespaces.size()));
    }
    return namespaces.get(used.getAndIncrement());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    CURRENT.set(this);
    if (atOnce) {
      start(Map.of());
    }
  }

  /** The operator has to be there until the namespaces are gone: it takes its finalizers off. */
  @Override
  public void afterAll(ExtensionContext context) {
    CURRENT.remove();
    try {
      ensureAlive();
      Cluster.get().awaitGone(namespaces.subList(0, used.get()), GONE);
    } finally {
      process.ifPresent(OperatorProcess::close);
    }
  }

  /** Starts the operator with more environment variables. */
  public void start(Map<String, String> environment) {
    var operator =
        everywhere
            ? OperatorProcess.everywhere(environment)
            : OperatorProcess.serving(namespaces, environment);
    process = Optional.of(operator);
    operator.restart();
  }

  /**
   * Starts the operator, whose image is in the cluster too: its Jobs run programs that are in it.
   */
  public void startWithItsImage() {
    OperatorImage.make();
    start(Map.of("BACKSTEP_IMAGE_NAME", OperatorImage.NAME));
  }

  /** One more process that serves the same shops; the test closes it. */
  public OperatorProcess another() {
    var operator = another(Map.of());
    operator.restart();
    return operator;
  }

  /** As {@link #another()}, with more environment variables, and not started yet. */
  public OperatorProcess another(Map<String, String> environment) {
    return OperatorProcess.serving(namespaces, environment);
  }

  /** Starts the process again after it was killed; it serves no shop any more that is gone. */
  public void restart() {
    if (!everywhere) {
      process().serve(namespaces.stream().filter(this::isNeeded).toList());
    }
    process().restart();
  }

  /** The newest one always: who serves no namespaces at all serves every one there is. */
  private boolean isNeeded(String namespace) {
    var place = namespaces.indexOf(namespace);
    return place >= used.get() - 1
        || Cluster.get().client().namespaces().withName(namespace).get() != null;
  }

  /** Starts the process again if it was killed. */
  public void ensureAlive() {
    if (process.isPresent() && !isAlive()) {
      restart();
    }
  }

  /** kill -9: no shutdown hook, no last write. */
  public void kill() {
    process().kill();
  }

  /** kill -STOP: it does nothing more, as if it were dead, but its connections stay open. */
  public void freeze() {
    process().freeze();
  }

  /**
   * Whether nobody else serves its shops. Who serves all namespaces, such as a benchmark's
   * operator, does, and carries on what a test has killed.
   */
  public boolean isAlone() {
    var metrics = Cluster.get().client().raw("/metrics");
    return watching(metrics, "rollbackplans") <= watching(metrics, "podtemplates");
  }

  /** Templates are watched by who watches everything: the collector of garbage, and Argo CD. */
  private static long watching(String metrics, String resource) {
    return Pattern.compile(WATCHING.formatted(resource))
        .matcher(metrics)
        .results()
        .mapToLong(count -> Long.parseLong(count.group(1)))
        .sum();
  }

  public boolean isAlive() {
    return process().isAlive();
  }

  /** Where it listens, such as {@code http://127.0.0.1:40123}. */
  public URI address() {
    return URI.create(process().address().orElseThrow());
  }

  /** Everything it logged, over all restarts. */
  public String log() {
    return process().log();
  }

  /** The process itself. */
  public OperatorProcess process() {
    return process.orElseThrow(() -> new IllegalStateException("no test started the operator"));
  }
}
