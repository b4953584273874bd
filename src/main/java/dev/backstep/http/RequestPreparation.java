package dev.backstep.http;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.SecretKey;
import dev.backstep.cluster.Replica;
import dev.backstep.cluster.Secrets;
import dev.backstep.cluster.ServiceAddresses;
import dev.backstep.config.BackstepConfig;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts requests together: asks the API server where they go and what is in their Secrets. */
@ApplicationScoped
public class RequestPreparation {
  private static final String CONTENT_TYPE = "Content-Type";
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final ServiceAddresses addresses;
  private final Secrets secrets;
  private final List<String> allowedHosts;
  private final List<String> allowedAddresses;

  public RequestPreparation(ServiceAddresses addresses, Secrets secrets, BackstepConfig config) {
    this.addresses = addresses;
    this.secrets = secrets;
    this.allowedHosts = config.http().allowedHosts().orElse(List.of());
    this.allowedAddresses = config.http().allowedAddresses().orElse(List.of());
  }

  /**
   * A request that can be sent.
   *
   * @param body null: without a body
   * @param secrets what is sent and must not be said
   */
  record Prepared(RequestOptions options, String body, List<String> secrets) {}

  /** Why the plan's address is not allowed; empty: it is. */
  Optional<String> refused(Call call) {
    if (call.url() == null) {
      return Optional.empty();
    }
    var host = call.host();
    if (allowedHosts.stream().noneMatch(host::equalsIgnoreCase)) {
      return Optional.of(
          "url: host %s is not in the operator's allow-list. Add it to http.allowedHosts of the chart, or use service."
              .formatted(host));
    }
    return URI.create(call.url()).getRawUserInfo() == null
        ? Optional.empty()
        : Optional.of(
            "url: a user and a password do not belong into an address that everybody may read. Use headers with valueFrom.");
  }

  /**
   * Puts a request together, and waits for the API server where it has to be asked.
   *
   * @param more headers that come on top of the call's own, and instead of those of the same name
   * @throws ProblemException when it cannot be made
   */
  Prepared prepare(FullCall call, Author author, Map<String, String> more) throws ProblemException {
    return filled(destination(call, author), call, key -> secrets.read(author, key), more);
  }

  /** What is behind the key of a Secret. */
  @FunctionalInterface
  interface SecretValues {
    String of(SecretKey key) throws ProblemException;
  }

  /**
   * A request that goes there.
   *
   * @param secrets say what a call takes from Secrets
   * @throws ProblemException when it cannot be made
   */
  static Prepared filled(
      RequestOptions options, FullCall call, SecretValues secrets, Map<String, String> more)
      throws ProblemException {
    var sent = new ArrayList<String>();
    SecretValues noted =
        key -> {
          var value = secrets.of(key);
          sent.add(value);
          return value;
        };
    options
        .setMethod(HttpMethod.valueOf(call.method().name()))
        .setConnectTimeout(Durations.of(call.timeout()).toMillis());
    for (var header : headers(call)) {
      options.putHeader(header.name(), value(header, noted));
    }
    more.forEach(options::putHeader);
    var body = call.bodyFrom() == null ? call.body() : noted.of(call.bodyFrom().secretKeyRef());
    var typed = options.getHeaders() != null && options.getHeaders().contains(CONTENT_TYPE);
    if (body != null && !typed) {
      options.putHeader(CONTENT_TYPE, "application/json");
    }
    return new Prepared(options, body, sent);
  }

  /**
   * What a program has to know that sends a call itself.
   *
   * @param count CEL on the answer: how many entries there are
   * @param folders where it finds Secrets, by their names
   * @throws ProblemException when it cannot be made
   */
  DownloadWish download(FullCall call, String count, Author author, Map<String, String> folders)
      throws ProblemException {
    checkAllowed(call);
    var place =
        call.url() == null
            ? addresses.of(author.namespace(), call.service().name(), call.service().port())
            : new ServiceAddresses.Place(null, 0);
    return new DownloadWish(call, count, place.ip(), place.port(), folders, allowedAddresses);
  }

  private void checkAllowed(FullCall call) throws ProblemException {
    var refused = refused(call);
    if (refused.isPresent()) {
      throw new ProblemException(new Problem("HostNotAllowed", refused.get()));
    }
  }

  /** What its Secrets say was not accepted: they are read again for the next request. */
  void forgetSecrets(Call call, Author author) {
    Stream.concat(
            headers(call).stream().map(NamedValue::valueFrom), Stream.of(call).map(Call::bodyFrom))
        .filter(from -> from != null)
        .forEach(from -> secrets.forget(author, from.secretKeyRef().name()));
  }

  /** Somebody answered at the address. */
  void trustAddress(FullCall call, Author author) {
    if (call.url() == null) {
      addresses.answered(author.namespace(), call.service().name(), uid(call));
    }
  }

  /**
   * Nobody answered: it is looked up again where the Service is.
   *
   * @return true when it is
   */
  boolean doubtAddress(FullCall call, Author author) {
    return call.url() == null
        && addresses.doubt(author.namespace(), call.service().name(), uid(call));
  }

  private static String uid(FullCall call) {
    return call.replica() == null ? "" : call.replica().uid();
  }

  /**
   * Looks up where the Service is.
   *
   * @throws ProblemException when there is none
   */
  void findAddress(Call call, Author author) throws ProblemException {
    addresses.of(author.namespace(), call.service().name(), call.service().port());
  }

  /**
   * All replicas behind the call's Service.
   *
   * @throws ProblemException when that cannot be found out
   */
  List<Replica> replicas(Call call, Author author) throws ProblemException {
    return addresses.replicas(author.namespace(), call.service().name());
  }

  /** Nothing that was read before is used for the next request, but who is behind the Service. */
  void forgetAll(FullCall call, Author author) {
    forgetSecrets(call, author);
    if (call.url() == null && call.replica() == null) {
      addresses.forget(author.namespace(), call.service().name());
    }
  }

  private static List<NamedValue> headers(Call call) {
    return call.headers() == null ? List.of() : call.headers();
  }

  /**
   * Connects to the Service's address and names the Service as host, as a client in the cluster.
   */
  private RequestOptions destination(FullCall call, Author author) throws ProblemException {
    checkAllowed(call);
    if (call.url() != null) {
      return address(URI.create(call.url()));
    }
    var port = call.service();
    var place =
        call.replica() == null
            ? addresses.of(author.namespace(), port.name(), port.port())
            : addresses.of(author.namespace(), port.name(), port.port(), call.replica().uid());
    return to(place, port, call.path());
  }

  /** A Service that answers at this place. */
  static RequestOptions to(ServiceAddresses.Place place, Call.ServicePort port, String path) {
    return new RequestOptions()
        .setServer(SocketAddress.inetSocketAddress(place.port(), place.ip()))
        .setHost(port.name())
        .setPort(port.port())
        .setSsl(port.scheme() == Call.Scheme.https)
        .setURI(path);
  }

  /** Taken apart by the same rules by which its host was allowed. */
  static RequestOptions address(URI url) {
    var ssl = "https".equalsIgnoreCase(url.getScheme());
    var standard = ssl ? HTTPS : HTTP;
    var path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return new RequestOptions()
        .setHost(url.getHost())
        .setPort(url.getPort() == -1 ? standard : url.getPort())
        .setSsl(ssl)
        .setURI(url.getRawQuery() == null ? path : "%s?%s".formatted(path, url.getRawQuery()));
  }

  /** Checked here, because who checks it later says the value in what he throws. */
  private static String value(NamedValue header, SecretValues secrets) throws ProblemException {
    var value =
        header.valueFrom() == null ? header.value() : secrets.of(header.valueFrom().secretKeyRef());
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new ProblemException(
          new Problem(
              "HeaderInvalid",
              "Header %s cannot be sent: its value has a line break or another control character"
                  .formatted(header.name())));
    }
    return value;
  }
}
