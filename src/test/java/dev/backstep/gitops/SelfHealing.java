package dev.backstep.gitops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.Json;
import dev.backstep.testing.Shop;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Does what Argo CD does to Deployment web, for as long as it is open: gives it the image that the
 * Application's revision is called while that syncs by itself, ends operations, and compares.
 */
final class SelfHealing implements AutoCloseable {
  private static final String REFRESH = "argocd.argoproj.io/refresh";

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final Shop shop;

  SelfHealing(Shop shop) {
    this.shop = shop;
  }

  /** From now on. */
  void begin() {
    thread.scheduleWithFixedDelay(this::round, 0, 200, TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      var application = application(shop);
      if (application.at("/status/operationState/phase").asText().equals("Terminating")) {
        merge("{\"status\":{\"operationState\":{\"phase\":\"Failed\"}}}");
      }
      if (application.at("/metadata/annotations").has(REFRESH)) {
        compare(application);
      }
      var automated = application.at("/spec/syncPolicy/automated");
      if (automated.path("selfHeal").asBoolean() && automated.path("enabled").asBoolean(true)) {
        heal(application);
      }
    } catch (KubernetesClientException e) {
      // As Argo CD does: whatever changed meanwhile is seen in the next round.
    }
  }

  private static String git(ObjectNode application) {
    return application.at("/spec/source/targetRevision").asText();
  }

  private void heal(ObjectNode application) {
    if (!shop.image("web").equals(git(application))) {
      shop.kubectl("set", "image", "deployment/web", "app=" + git(application));
    }
  }

  private void compare(ObjectNode application) {
    var said = shop.image("web").equals(git(application)) ? "Synced" : "OutOfSync";
    merge(
        "{\"metadata\":{\"annotations\":{\"%s\":null}},\"status\":{\"sync\":{\"status\":\"%s\"},\"resources\":[{\"kind\":\"Deployment\",\"name\":\"web\",\"status\":\"%s\"}]}}"
            .formatted(REFRESH, said, said));
  }

  private void merge(String patch) {
    shop.kubectl("patch", "applications.argoproj.io", "shop", "--type=merge", "-p", patch);
  }

  /** The Application as it is now. */
  static ObjectNode application(Shop shop) {
    var object =
        shop.client()
            .genericKubernetesResources("argoproj.io/v1alpha1", "Application")
            .inNamespace(shop.namespace())
            .withName("shop")
            .require();
    return Json.MAPPER.convertValue(object, ObjectNode.class);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
