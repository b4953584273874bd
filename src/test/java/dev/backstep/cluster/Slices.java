package dev.backstep.cluster;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.Arrays;

/** EndpointSlices of the Service web. */
public final class Slices {
  private Slices() {}

  /**
   * A slice of IPv4 addresses.
   *
   * @param replicas each as {@code web-0:10.1.0.1}; with {@code !} before it, it is not ready
   */
  public static EndpointSlice of(String name, String portName, int port, String... replicas) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .addToLabels("kubernetes.io/service-name", "web")
        .endMetadata()
        .withAddressType("IPv4")
        .withPorts(new EndpointPortBuilder().withName(portName).withPort(port).build())
        .withEndpoints(Arrays.stream(replicas).map(Slices::endpoint).toList())
        .build();
  }

  private static Endpoint endpoint(String replica) {
    var ready = !replica.startsWith("!");
    var parts = (ready ? replica : replica.substring(1)).split(":");
    return new EndpointBuilder()
        .withAddresses(parts[1])
        .withNewConditions()
        .withReady(ready)
        .endConditions()
        .withNewTargetRef()
        .withKind("Pod")
        .withName(parts[0])
        .withUid("uid-" + parts[0])
        .endTargetRef()
        .build();
  }
}
