package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.swap.Looked;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.Note.State;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** A PostgreSQL: a backup is loaded into a database beside the live one, and both change names. */
@ApplicationScoped
public class Server implements Medium<Ref, Situation> {
  private static final String NO_RUN = "preflight";

  private final SwapLooks looks;
  private final Loads loads;
  private final List<RestoreStage<? super Situation>> prove;
  private final List<RestoreStage<? super Situation>> disconnect;
  private final List<RestoreStage<? super Situation>> swap;
  private final List<RestoreStage<? super Situation>> clear;
  private final List<RestoreStage<? super Situation>> putBack;
  private final List<RestoreStage<? super Situation>> expire;

  public Server(
      SwapLooks looks,
      Loads loads,
      AsideStage aside,
      LoadStage load,
      ProofStage proof,
      SwapStage swap,
      CheckStage check,
      Clearing clearing,
      SwapBack swapBack,
      Expiry expiry,
      SessionsStage sessions) {
    this.looks = looks;
    this.loads = loads;
    this.prove = List.of(aside, load, proof);
    this.disconnect = List.of(sessions);
    this.swap = List.of(swap, check);
    this.clear = List.of(clearing);
    this.putBack = List.of(swapBack);
    this.expire = List.of(expiry);
  }

  @Override
  public Class<Ref> type() {
    return Ref.class;
  }

  /** The databases of a restore have names of their own, whoever else restores. */
  @Override
  public CompletionStage<Look<Situation>> look(DbRestoreAction restore, ActionScope scope) {
    var names = Names.of(scope.claim(), scope.action(), scope.attempt());
    return looks
        .look(restore.databaseRef(), scope.author(), names)
        .thenApply(
            looked ->
                looked instanceof Looked.Seen seen
                    ? Look.at(new Situation(restore, scope, names, seen.databases()))
                    : Look.failed(((Looked.NotSeen) looked).problem().message()));
  }

  @Override
  public List<RestoreStage<? super Situation>> prove() {
    return prove;
  }

  @Override
  public List<RestoreStage<? super Situation>> disconnect() {
    return disconnect;
  }

  @Override
  public List<RestoreStage<? super Situation>> swap() {
    return swap;
  }

  @Override
  public List<RestoreStage<? super Situation>> clear() {
    return clear;
  }

  @Override
  public List<RestoreStage<? super Situation>> putBack() {
    return putBack;
  }

  @Override
  public List<RestoreStage<? super Situation>> expire() {
    return expire;
  }

  @Override
  public List<Right> rights(DbRestoreAction restore, ActionScope scope) {
    return loads.rights(restore);
  }

  @Override
  public CompletionStage<List<Problem>> problems(DbRestoreAction restore, ActionScope scope) {
    var names = Names.of(NO_RUN, scope.action(), 1);
    return looks.preflight(restore.databaseRef(), scope.author(), names);
  }

  /**
   * A database of the same name that somebody made meanwhile is another one; which backup was
   * proven, and who reads the data elsewhere, is a part of what people agree to.
   */
  @Override
  public CompletionStage<List<String>> pins(DbRestoreAction restore, ActionScope scope) {
    return look(restore, scope)
        .thenCompose(look -> look.seen().map(Server::known).orElseGet(() -> unknown(look.why())))
        .thenCombine(
            looks.followers(restore.databaseRef(), scope.author()),
            (pins, followers) -> Stream.concat(pins.stream(), elsewhere(followers)).toList());
  }

  private static CompletionStage<List<String>> known(Situation seen) {
    var identity = seen.found().identity();
    var live = "database %s of %s".formatted(identity.oid(), identity.system());
    var proven =
        seen.side(State.Verified)
            ? new Facts(seen.facts()).pins(seen.restore()).stream()
            : Stream.<String>empty();
    return CompletableFuture.completedStage(Stream.concat(Stream.of(live), proven).toList());
  }

  private static CompletionStage<List<String>> unknown(String why) {
    return CompletableFuture.failedStage(new IllegalStateException(why));
  }

  private static Stream<String> elsewhere(List<String> followers) {
    return followers.stream()
        .map("sessions with server %s go on reading the data from before"::formatted);
  }

  @Override
  public Step stopped(DbRestoreAction restore, ActionScope scope) {
    return loads.stopped(scope);
  }
}
