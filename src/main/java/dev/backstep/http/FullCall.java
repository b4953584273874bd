package dev.backstep.http;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.CallStep;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.ValueFrom;
import dev.backstep.cluster.Replica;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A call in full: with what it inherits from the one beside it, and without what is not its own.
 *
 * @param replica the one behind the Service that it goes to; null: any
 */
public record FullCall(
    To replica,
    ServicePort service,
    String url,
    String path,
    Method method,
    List<NamedValue> headers,
    String body,
    ValueFrom bodyFrom,
    String successCondition,
    String timeout)
    implements Call {

  /**
   * A replica of a Service, wherever it is when it is asked.
   *
   * @param name of its pod
   * @param uid of its pod
   */
  public record To(String name, String uid) {}

  /** The same call of one replica. */
  public FullCall at(Replica one) {
    return at(new To(one.name(), one.uid()));
  }

  private FullCall at(To one) {
    return new FullCall(
        one, service, url, path, method, headers, body, bodyFrom, successCondition, timeout);
  }

  /** The same call, whose condition is true where this one's is false. */
  public FullCall opposite() {
    return when("!(%s)".formatted(successCondition));
  }

  /** The same call with this condition. */
  public FullCall when(String condition) {
    return new FullCall(
        replica, service, url, path, method, headers, body, bodyFrom, condition, timeout);
  }

  /** True when each ready replica of the Service is to be asked by itself. */
  public boolean ofEveryReplica() {
    return replica == null && service != null && service.replicas() == Replicas.Every;
  }

  @Override
  public String address() {
    return replica == null
        ? Call.super.address()
        : "%s:%d%s".formatted(replica.name(), service.port(), path);
  }

  /** The names of the Secrets that it takes something from. */
  public Stream<String> secrets() {
    var values = headers == null ? Stream.<NamedValue>empty() : headers.stream();
    return Stream.concat(values.map(NamedValue::valueFrom), Stream.ofNullable(bodyFrom))
        .filter(Objects::nonNull)
        .map(from -> from.secretKeyRef().name());
  }

  /** The call itself. */
  public static FullCall of(Call call) {
    return call instanceof FullCall full ? full : inFull(call);
  }

  private static FullCall inFull(Call call) {
    return new FullCall(
        null,
        call.service(),
        call.url(),
        call.path(),
        call.method(),
        call.headers(),
        call.body(),
        call.bodyFrom(),
        call.successCondition(),
        call.timeout());
  }

  /** A step that changes something; it inherits the method too, and the body where it has one. */
  public static FullCall of(Call call, CallStep step) {
    var method = given(step.method(), call.method());
    var own = step.body() != null || step.bodyFrom() != null || !method.sendsBody();
    return of(
        call,
        step,
        method,
        own ? step.body() : call.body(),
        own ? step.bodyFrom() : call.bodyFrom());
  }

  /** A step that only reads: a GET without a body, if it does not say otherwise. */
  public static FullCall reading(Call call, CallStep step) {
    return of(call, step, given(step.method(), Method.GET), null, null);
  }

  private static FullCall of(
      Call call, CallStep step, Method method, String body, ValueFrom bodyFrom) {
    return new FullCall(
        null,
        call.service(),
        given(step.url(), call.url()),
        given(step.path(), call.path()),
        method,
        given(step.headers(), call.headers()),
        body,
        bodyFrom,
        given(step.successCondition(), call.successCondition()),
        given(step.timeout(), call.timeout()));
  }

  private static <T> T given(T own, T inherited) {
    return own == null ? inherited : own;
  }
}
