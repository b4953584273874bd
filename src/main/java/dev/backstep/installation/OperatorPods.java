package dev.backstep.installation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.problem.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The operator's pods, by what each says of itself. */
final class OperatorPods {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final String service;
  private final int port;
  private final int replicas;

  /**
   * Of a release.
   *
   * @param service a headless Service, whose name stands for the addresses of all pods
   * @param replicas how many of them should be ready
   */
  OperatorPods(String service, int port, int replicas) {
    this.service = service;
    this.port = port;
    this.replicas = replicas;
  }

  private record Pod(String address, boolean ready, boolean leads, String said) {}

  List<Problem> problems() {
    var pods = addresses().map(this::look).toList();
    var ready = pods.stream().filter(Pod::ready).count();
    if (ready < replicas) {
      return List.of(
          new Problem(
              "NotReady",
              "%d of %d pods are ready behind Service %s%s. See what they say: kubectl get pods and kubectl logs"
                  .formatted(ready, replicas, service, said(pods))));
    }
    if (pods.stream().noneMatch(Pod::leads)) {
      return List.of(
          new Problem(
              "NoLeader",
              "%d pods are ready behind Service %s, and none of them leads, so nothing is carried on. See what they say of the Lease: kubectl get lease and kubectl logs"
                  .formatted(ready, service)));
    }
    return List.of();
  }

  private static String said(List<Pod> pods) {
    var said = pods.stream().filter(it -> !it.ready()).map(it -> it.address() + " " + it.said());
    return Stream.concat(Stream.of(""), said).reduce((all, next) -> all + "; " + next).orElse("");
  }

  private Stream<String> addresses() {
    try {
      return Stream.of(InetAddress.getAllByName(service))
          .map(InetAddress::getHostAddress)
          .map(it -> it.contains(":") ? "[" + it + "]" : it);
    } catch (UnknownHostException e) {
      return Stream.empty();
    }
  }

  private Pod look(String address) {
    var ready = URI.create("http://%s:%d/q/health/ready".formatted(address, port));
    var request = HttpRequest.newBuilder(ready).timeout(LIMIT).build();
    try {
      var answer = http.send(request, BodyHandlers.ofString());
      var isReady = answer.statusCode() == 200;
      return new Pod(
          address,
          isReady,
          isReady && leads(Json.MAPPER.readTree(answer.body())),
          "answers " + answer.statusCode());
    } catch (IOException e) {
      return new Pod(address, false, false, "does not answer: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Pod(address, false, false, "was not asked");
    }
  }

  /** As LeaderHealth says it. */
  private static boolean leads(JsonNode health) {
    return StreamSupport.stream(health.path("checks").spliterator(), false)
        .filter(check -> check.path("name").asText().equals("Leader"))
        .anyMatch(check -> check.at("/data/this process").asText().equals("LEADS"));
  }
}
