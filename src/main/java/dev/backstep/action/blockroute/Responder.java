package dev.backstep.action.blockroute;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.BlockRoute;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * The Service that requests to a blocked path go to: the chart's responder, or one that nobody is
 * behind, for which the route's controller answers 503 itself. A route reaches Services of its own
 * namespace only, so each namespace has one, by the same name.
 */
@ApplicationScoped
public class Responder {
  static final String NAME = "backstep-responder";
  static final int PORT = 80;

  /** On the chart's Services: somebody is behind them who sends the body that he is told to. */
  static final String LABEL = "backstep.dev/responder";

  /** What the Gateway API takes for the value of a header. */
  private static final int LONGEST = 4096;

  private static final JsonMapper ONE_LINE =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final KubernetesClient client;

  public Responder(KubernetesClient client) {
    this.client = client;
  }

  /** What keeps it from answering; empty: nothing. */
  Optional<Problem> problem(BlockRoute action, ActionScope scope) {
    var namespace = scope.namespace();
    var service = client.services().inNamespace(namespace).withName(NAME).get();
    if (service == null || service.getSpec().getPorts().stream().noneMatch(Responder::port)) {
      return Optional.of(absent(namespace));
    }
    if (action.body() != null && !answers(service)) {
      return Optional.of(
          new Problem(
              "ResponderMissing",
              "Nobody behind Service %s of namespace %s sends a body: list the namespace in the Helm value responder.namespaces, or leave body out of action %s."
                  .formatted(NAME, namespace, scope.action())));
    }
    return action.body() == null || header(action.body()).isPresent()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "BodyInvalid",
                "The body of action %s is no JSON of at most %d characters in one line of ASCII. Correct it."
                    .formatted(scope.action(), LONGEST)));
  }

  private static boolean port(io.fabric8.kubernetes.api.model.ServicePort port) {
    return port.getPort() == PORT;
  }

  private static boolean answers(Service service) {
    var labels = service.getMetadata().getLabels();
    return labels != null && labels.containsKey(LABEL);
  }

  private static Problem absent(String namespace) {
    return new Problem(
        "ResponderMissing",
        "There is no Service %1$s with port %2$d in namespace %3$s, which requests to a blocked path go to. List the namespace in the Helm value responder.namespaces, or make one that nobody is behind: kubectl -n %3$s create service clusterip %1$s --tcp=%2$d."
            .formatted(NAME, PORT, namespace));
  }

  /** The body as one line of ASCII, as a header can carry it; empty: it is no JSON, or too long. */
  static Optional<String> header(String body) {
    try {
      return Optional.of(ONE_LINE.writeValueAsString(ONE_LINE.readTree(body)))
          .filter(line -> line.length() <= LONGEST);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
