package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * One HTTP request, wherever a plan describes one. What may be left out is null; what has a default
 * is there, because the schema fills it in.
 */
public interface Call {
  /** The Service it goes to; null: it goes to {@link #url}. */
  ServicePort service();

  /** The absolute address it goes to; null: it goes to {@link #service}. */
  String url();

  /** Path and query at a service. */
  String path();

  /** The method. */
  Method method();

  /** The headers; null: none. */
  List<NamedValue> headers();

  /** What is sent; null: nothing, or {@link #bodyFrom}. */
  String body();

  /** What is sent, from a Secret; null: nothing, or {@link #body}. */
  ValueFrom bodyFrom();

  /** CEL on the answer: true is good. */
  String successCondition();

  /** The limit from the connection to the last byte of the answer, as a duration of the API. */
  String timeout();

  /** Where it goes, as people name it: {@code web:8080/health}, or the url. */
  default String address() {
    return url() == null ? "%s:%d%s".formatted(service().name(), service().port(), path()) : url();
  }

  /** Whom a request is a burden for, seen from a namespace. */
  default String place(String namespace) {
    return url() == null ? "service %s/%s".formatted(namespace, host()) : "host " + host();
  }

  /** Name of the Service, or host in the url; a url in which there is none as a whole. */
  default String host() {
    try {
      var host = url() == null ? service().name() : new URI(url()).getHost();
      return host == null ? url() : host;
    } catch (URISyntaxException e) {
      return url();
    }
  }

  /** HTTP methods. */
  enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE;

    /** True when such a request may change something. */
    public boolean changesSomething() {
      return this != GET && this != HEAD;
    }

    /** True when such a request may have a body. */
    public boolean sendsBody() {
      return this == POST || this == PUT || this == PATCH;
    }
  }

  /** Port of a Service. */
  record ServicePort(
      @Required
          @Size(min = 1, max = 63)
          @Pattern(Patterns.LABEL)
          @JsonPropertyDescription("Name of the Service.")
          String name,
      @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port of the Service.") Integer port,
      @Default("http") @JsonPropertyDescription("http or https.") Scheme scheme,
      @Default("Any")
          @JsonPropertyDescription(
              "Any: one ready replica, which the cluster picks. Every: each replica that is ready then, one by one; all of them count.")
          Replicas replicas) {}

  /** Who behind a Service is asked. */
  enum Replicas {
    Any,
    Every
  }

  /** URL scheme. */
  enum Scheme {
    http,
    https
  }
}
