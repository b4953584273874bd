package dev.backstep.database.swap;

import dev.backstep.database.SqlEffector;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Swaps databases, once: afterwards neither is as the effect wants it. */
@ApplicationScoped
public class DatabaseSwaps implements SqlEffector<DatabaseSwap> {
  private final SwapSessions sessions;
  private final SwapClosing closing;
  private final SwapReversals reversals;
  private final SwapForgetting forgetting;
  private final SwapLooks looks;

  public DatabaseSwaps(
      SwapSessions sessions,
      SwapClosing closing,
      SwapReversals reversals,
      SwapForgetting forgetting,
      SwapLooks looks) {
    this.sessions = sessions;
    this.closing = closing;
    this.reversals = reversals;
    this.forgetting = forgetting;
    this.looks = looks;
  }

  @Override
  public Class<DatabaseSwap> type() {
    return DatabaseSwap.class;
  }

  @Override
  public Outcome send(DatabaseSwap effect, Mark mark, Author author, Instant notAfter) {
    return sessions.endedByTwo(
        effect,
        mark,
        author,
        notAfter,
        (one, other, deadline) -> new SwapBody(one, other, deadline, effect, mark.text()).done());
  }

  @Override
  public Outcome close(
      DatabaseSwap effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return closing.closed(
        effect,
        mark,
        author,
        wanted ? Optional.of(() -> send(effect, mark, author, notAfter)) : Optional.empty(),
        new SwapClosing.Signs(
            databases -> shown(databases, effect), databases -> databases.with(effect.comes())));
  }

  private static Optional<Outcome> shown(Databases databases, DatabaseSwap effect) {
    return databases.isLive(effect.comes())
        ? Optional.of(SwapBody.applied(effect))
        : Optional.empty();
  }

  /** What would be renamed, and whose sessions would be ended. */
  @Override
  public List<String> preview(DatabaseSwap effect, Author author) {
    var lines = new ArrayList<String>();
    lines.add("%s -> %s".formatted(effect.live(), effect.leavesTo()));
    lines.add("%s -> %s".formatted(effect.comesFrom(), effect.live()));
    looks
        .sessions(effect.databaseRef(), author, effect.database().oid())
        .thenAccept(
            ended ->
                ended.forEach(it -> lines.add("sessions that would be ended: %s".formatted(it))))
        .exceptionally(e -> said(lines, e))
        .toCompletableFuture()
        .join();
    return lines;
  }

  private static Void said(List<String> lines, Throwable e) {
    lines.add(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    return null;
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<DatabaseSwap>> sent, List<Sent<?>> back, Author author) {
    return reversals.ofSwap(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(DatabaseSwap effect, String claim, Author author) {
    return forgetting.ofLive(effect, author);
  }
}
