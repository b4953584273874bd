package dev.backstep.cluster;

import java.util.Map;

/**
 * One of those behind a Service: mostly a pod.
 *
 * @param name of the pod, or the address where there is none
 * @param uid of the pod, or the address where there is none
 * @param ready whether the Service leads there
 * @param ip its address now
 * @param ports the ports it listens on, by their names in the Service; without a name: ""
 */
public record Replica(
    String name, String uid, boolean ready, String ip, Map<String, Integer> ports) {}
