package dev.backstep.http;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.SecretKey;
import dev.backstep.api.v1alpha1.value.ValueFrom;
import java.util.List;

/** Calls of path /x at the Service web. */
final class Calls {
  private static final String GOOD = "status >= 200 && status < 300";

  private Calls() {}

  static FullCall to(int port, Call.Method method) {
    return to(port, method, "/x", GOOD);
  }

  static FullCall to(int port, Call.Method method, String path, String condition) {
    var service = new Call.ServicePort("web", port, Call.Scheme.http, Call.Replicas.Any);
    return new FullCall(null, service, null, path, method, null, null, null, condition, "5s");
  }

  /** A GET of this Service. */
  static FullCall at(Call.ServicePort service) {
    return at(service, GOOD);
  }

  static FullCall at(Call.ServicePort service, String condition) {
    return new FullCall(
        null, service, null, "/x", Call.Method.GET, null, null, null, condition, "5s");
  }

  static FullCall url(String url) {
    return new FullCall(null, null, url, "/", Call.Method.GET, null, null, null, GOOD, "5s");
  }

  /** A GET whose Authorization is the Secret token. */
  static FullCall withToken(int port) {
    return with(to(port, Call.Method.GET), token());
  }

  static FullCall withHeader(FullCall call, String name, String value) {
    return with(call, new NamedValue(name, value, null));
  }

  static NamedValue token() {
    return new NamedValue("Authorization", null, new ValueFrom(new SecretKey("token", "value")));
  }

  static FullCall with(FullCall call, NamedValue header) {
    return new FullCall(
        null,
        call.service(),
        call.url(),
        call.path(),
        call.method(),
        List.of(header),
        call.body(),
        call.bodyFrom(),
        call.successCondition(),
        call.timeout());
  }
}
