package dev.backstep.database.swap;

import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What is left of taking back what a restore did to the server, as the databases show it. */
@ApplicationScoped
public class SwapReversals {
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final SwapLooks looks;

  public SwapReversals(SwapLooks looks) {
    this.looks = looks;
  }

  /** A database that was made goes, unless it went live. */
  CompletionStage<Step> ofCreation(List<Sent<SideCreation>> sent, Author author) {
    var last = sent.get(sent.size() - 1).effect();
    return seen(
        last,
        author,
        databases -> {
          var left = new ArrayList<DatabaseDrop>();
          sent.stream()
              .map(Sent::effect)
              .map(it -> it.names().side(it.live()))
              .distinct()
              .flatMap(name -> databases.all().stream().filter(it -> it.name().equals(name)))
              .filter(it -> it.isOf(last.names()))
              .forEach(it -> left.add(drop(last, it)));
          return left.isEmpty() ? Step.done("no database is left that was made.") : Step.todo(left);
        });
  }

  private static DatabaseDrop drop(SideCreation effect, Databases.One one) {
    return new DatabaseDrop(
        effect.databaseRef(),
        effect.database(),
        effect.live(),
        effect.names(),
        one.name(),
        one.oid(),
        effect.timeout());
  }

  /** The old one goes live again, while it is kept. */
  CompletionStage<Step> ofSwap(List<Sent<DatabaseSwap>> sent, List<Sent<?>> back, Author author) {
    var last = sent.get(sent.size() - 1);
    var unknown = ended(last.mark().text(), back, Outcome.Unknown.class);
    if (unknown.isPresent()) {
      return Step.of(new Work.Unknown(unknown.get().message())).now();
    }
    var swap = last.effect();
    var reversal = swap.reversal(last.mark().text());
    return swap.back() || ended(last.mark().text(), back, Outcome.Applied.class).isPresent()
        ? Step.done("everything is put back.").now()
        : seen(swap, author, databases -> left(databases, swap, reversal));
  }

  private static <O extends Outcome> Optional<O> ended(
      String mark, List<Sent<?>> back, Class<O> how) {
    return back.stream()
        .filter(it -> it.effect() instanceof DatabaseSwap swap && mark.equals(swap.reverses()))
        .map(Sent::outcome)
        .filter(how::isInstance)
        .map(how::cast)
        .reduce((first, last) -> last);
  }

  private static Step left(Databases databases, DatabaseSwap swap, DatabaseSwap reversal) {
    var live = swap.live();
    if (databases.isLive(swap.database().oid())) {
      return Step.done("database %s is the one that was live before.".formatted(live));
    }
    if (!databases.isLive(swap.comes())) {
      return drifted(
          "database %s is not the one that the restore put there: somebody replaced it since.",
          live);
    }
    return databases
        .with(swap.database().oid())
        .filter(it -> it.is(swap.names(), Note.State.Kept))
        .map(it -> Step.todo(List.of(reversal)))
        .orElseGet(
            () ->
                drifted(
                    "database %s, which was live before the restore, is not there any more: it was dropped.",
                    swap.names().old(live)));
  }

  private static Step drifted(String message, String database) {
    return Step.of(new Work.Drifted(message.formatted(database)));
  }

  private CompletionStage<Step> seen(
      SwapEffect effect, Author author, Function<Databases, Step> step) {
    return looks
        .look(effect.databaseRef(), author, effect.names())
        .thenApply(
            looked ->
                looked instanceof Looked.Seen seen
                    ? step.apply(seen.databases())
                    : Step.of(
                        new Work.Rolling(((Looked.NotSeen) looked).problem().message(), AGAIN)));
  }
}
