package dev.backstep.http;

import dev.backstep.api.v1alpha1.action.HttpAction;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.cluster.Replica;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Target;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An HTTP request that changes something. It names Secrets and never has their content, so any
 * process can send it again.
 *
 * @param call what is sent
 * @param idempotent true: sending it twice does no more than sending it once
 * @param verify reads whether it was done; null: that cannot be found out
 * @param undo takes it back; null: it stays
 * @param attempt which attempt of the action this is, from 1: within one, a request that is sent
 *     again has the same key
 * @param takes what is kept off once it is done; null: nothing
 * @param givesBack what is not kept off any more once it is done; null: nothing
 * @param reverses mark of the effect that this one takes back; null: it takes none back
 */
public record HttpRequest(
    FullCall call,
    boolean idempotent,
    FullCall verify,
    FullCall undo,
    int attempt,
    Hold takes,
    Hold givesBack,
    String reverses)
    implements Effect {
  private static final String POD = "Pod";

  /**
   * What an action does.
   *
   * @param attempt which attempt of the action this is, from 1
   * @param hold what it keeps off; null: nothing
   */
  public static HttpRequest of(HttpAction action, int attempt, Hold hold) {
    return new HttpRequest(
        FullCall.of(action),
        Boolean.TRUE.equals(action.idempotent()),
        action.verify() == null ? null : FullCall.reading(action, action.verify()),
        action.undo() == null ? null : FullCall.of(action, action.undo()),
        attempt,
        hold,
        null,
        null);
  }

  /** The same request to one replica, and all that belongs to it. */
  public HttpRequest at(Replica replica) {
    return new HttpRequest(
        call.at(replica),
        idempotent,
        verify == null ? null : verify.at(replica),
        undo == null ? null : undo.at(replica),
        attempt,
        takes,
        givesBack,
        reverses);
  }

  /** The same, which keeps this off. */
  public HttpRequest taking(Hold hold) {
    return new HttpRequest(call, idempotent, verify, undo, attempt, hold, givesBack, reverses);
  }

  /**
   * What takes this one back.
   *
   * @param mark of this one
   * @param nth which attempt to take something back this is, from 1
   */
  HttpRequest reversed(Mark mark, int nth) {
    return new HttpRequest(undo, idempotent, null, null, nth, null, takes, mark.text());
  }

  /** What comes back when this is taken back, in a few words; empty: nothing does. */
  public Optional<String> takenBackBy() {
    return Optional.ofNullable(undo).map(HttpRequest::line);
  }

  /** The target of a request to one replica. */
  public static Target target(Replica replica) {
    return new Target(POD, replica.name());
  }

  /** The target of a request that is not to one replica. */
  public static Target target(Call call) {
    return new Target(call.url() == null ? "Service" : "host", call.host());
  }

  @Override
  public Target target() {
    return call.replica() == null ? target(call) : new Target(POD, call.replica().name());
  }

  /** All replicas of a Service are in one line: their application may be what is ill. */
  @Override
  public Optional<Target> answering() {
    return Optional.of(target(call));
  }

  @Override
  public String summary() {
    return line(call);
  }

  /** What is sent, with the names of its headers and without what is in them. */
  String described() {
    var names =
        call.headers() == null
            ? List.<String>of()
            : call.headers().stream().map(NamedValue::name).toList();
    var headers = names.isEmpty() ? "" : ", headers %s".formatted(String.join(", ", names));
    return "%s%s%s%s"
        .formatted(
            summary(),
            headers,
            body(),
            undo == null ? "; nothing takes it back" : "; taken back by %s".formatted(line(undo)));
  }

  private static String line(FullCall call) {
    return "%s %s".formatted(call.method(), call.address());
  }

  private String body() {
    if (call.bodyFrom() != null) {
      return ", body from Secret %s".formatted(call.bodyFrom().secretKeyRef().name());
    }
    return call.body() == null ? "" : ", body of %d characters".formatted(call.body().length());
  }

  /**
   * What the server knows it by, as {@code bs-run-7f.../pause/apply/1/0}: in it is the attempt.
   * Attempts to take something back are counted in the record of the run that had done it. So its
   * claim is in the key: whoever releases what two runs held would send one key for both.
   */
  String key(Mark mark) {
    var claim = reverses == null ? mark.claim() : Mark.parsed(reverses).claim();
    var verb = mark.verb().name().toLowerCase(Locale.ROOT);
    var part = call.replica() == null ? String.valueOf(mark.part()) : call.replica().uid();
    return "%s/%s/%s/%d/%s".formatted(claim, mark.action(), verb, attempt, part);
  }
}
