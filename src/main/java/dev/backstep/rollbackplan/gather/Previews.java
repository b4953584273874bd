package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Together;
import dev.backstep.runbook.RunSnapshot;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** What every action of a run would change now; asked in the background, nothing is written. */
@ApplicationScoped
public class Previews {
  private static final Logger LOG = Logger.getLogger(Previews.class);

  private static final String DESTROYS =
      "Destroys: what it takes away, Undone does not bring back. Only a backup does.";
  private static final String KEEPS =
      "Destroys: what it takes away is kept first, in a backup of its own.";

  /** The status is not the place for more. */
  private static final int MAX_LINES = 40;

  /** In characters, of all actions together: a status has to fit into what can be stored. */
  private static final int MAX_LENGTH = 128 * 1024;

  /** No look at an action's targets may take longer. */
  private static final Duration LOOK = Duration.ofMinutes(5);

  private static final Map<String, List<String>> UNDER_WAY = Map.of();

  private final Actions actions;
  private final Effectors effectors;
  private final ExecutorService worker;
  private final Map<String, Map<String, List<String>>> known = new ConcurrentHashMap<>();

  @Inject
  public Previews(Actions actions, Effectors effectors) {
    this(actions, effectors, Executors.newSingleThreadExecutor());
  }

  /** With a thread of the caller's choice. */
  public Previews(Actions actions, Effectors effectors, ExecutorService worker) {
    this.worker = worker;
    this.actions = actions;
    this.effectors = effectors;
  }

  /** What is known for a run; null: it was not asked, or is being asked. */
  Map<String, List<String>> known(String run) {
    var preview = known.get(run);
    return preview == UNDER_WAY ? null : preview;
  }

  /** Asks, once for each run. */
  void ask(RunSnapshot snapshot, Function<Action, ActionScope> scopes, Runnable whenDone) {
    var run = snapshot.run().uid();
    if (known.putIfAbsent(run, UNDER_WAY) == null) {
      CompletableFuture.supplyAsync(() -> all(snapshot, scopes), worker)
          .thenCompose(Function.identity())
          .whenComplete(
              (preview, error) -> {
                if (error == null) {
                  known.put(run, preview);
                } else {
                  LOG.warnf(
                      "preview of run %s failed, trying again: %s", snapshot.run().id(), error);
                  known.remove(run);
                }
                whenDone.run();
              });
    }
  }

  /** Forgets a run whose preview was recorded. */
  void forget(String run) {
    known.remove(run);
  }

  private CompletionStage<Map<String, List<String>>> all(
      RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var asked = new LinkedHashMap<String, CompletionStage<List<String>>>();
    levels(snapshot).stream()
        .flatMap(level -> level.actions().stream())
        .forEach(action -> asked.put(action.name(), of(action, scopes.apply(action))));
    return Together.named(asked)
        .thenApply(
            said -> {
              var all = new LinkedHashMap<String, List<String>>();
              asked.keySet().forEach(action -> all.put(action, said.get(action)));
              return bounded(all);
            });
  }

  /** All levels of a run that only shows; else the one that wants to be approved. */
  private static List<Level> levels(RunSnapshot snapshot) {
    return snapshot.run().mode() == Run.Mode.Execute
        ? List.of(snapshot.level())
        : snapshot.run().levels().stream().map(it -> snapshot.levelNamed(it.name())).toList();
  }

  /** As many lines of each action, in their order, as there is room for. */
  static Map<String, List<String>> bounded(Map<String, List<String>> all) {
    var bounded = new LinkedHashMap<String, List<String>>();
    var remaining = MAX_LENGTH;
    for (var action : all.entrySet()) {
      var shown = new ArrayList<String>();
      for (var line : action.getValue()) {
        if (shown.size() == MAX_LINES || line.length() > remaining) {
          break;
        }
        shown.add(line);
        remaining -= line.length();
      }
      var more = action.getValue().size() - shown.size();
      if (more > 0) {
        shown.add("... and %s more".formatted(more));
      }
      bounded.put(action.getKey(), List.copyOf(shown));
    }
    return bounded;
  }

  private Stream<String> destroys(Action action) {
    var traits = actions.traits(action);
    return traits.destructive() ? Stream.of(traits.backup() ? KEEPS : DESTROYS) : Stream.empty();
  }

  /** Nobody waits for an action whose target takes its time, and the others are shown meanwhile. */
  private CompletionStage<List<String>> of(Action action, ActionScope scope) {
    return actions
        .preview(action, scope)
        .toCompletableFuture()
        .copy()
        .orTimeout(LOOK.toSeconds(), TimeUnit.SECONDS)
        .thenApplyAsync(step -> shown(action, step, scope), worker);
  }

  private List<String> shown(Action action, Step step, ActionScope scope) {
    if (step.work() instanceof Work.Impossible impossible) {
      return List.of("cannot be done: %s".formatted(impossible.message()));
    }
    if (step.work() instanceof Work.Contested contested) {
      return List.of("would be asked first (Contested): %s".formatted(contested.message()));
    }
    if (step.effects().isEmpty() && step.work() instanceof Work.Rolling waiting) {
      return List.of(waiting.message());
    }
    return Stream.of(
            destroys(action),
            actions.says(action).stream(),
            doubt(step.work()),
            step.effects().stream().flatMap(effect -> lines(effect, scope.author())))
        .flatMap(it -> it)
        .toList();
  }

  private static Stream<String> doubt(Work work) {
    return work instanceof Work.ToDo todo
        ? todo.doubt().stream()
            .map(
                it ->
                    it.leavesLevel()
                        ? "would be left out, with its level: %s".formatted(it.message())
                        : "would be asked first (SchemaChanged): %s".formatted(it.message()))
        : Stream.of();
  }

  private <E extends Effect> Stream<String> lines(E effect, Author author) {
    return effectors.of(effect).preview(effect, author).stream();
  }

  @PreDestroy
  void stop() {
    worker.shutdown();
  }
}
