package dev.backstep.cluster;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.LinkedHashMap;
import java.util.Map;

/** A Rollout of Argo Rollouts, as far as it is read here; what else is in its spec is kept. */
@Group("argoproj.io")
@Version("v1alpha1")
@Kind("Rollout")
public class ArgoRollout extends CustomResource<ArgoRollout.Spec, ArgoRollout.Status>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  /** What is wanted. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public static class Spec {
    private Integer replicas;
    private LabelSelector selector;
    private PodTemplateSpec template;
    private Integer revisionHistoryLimit;
    private Boolean paused;
    private String restartAt;
    private Map<String, Object> workloadRef;
    private final Map<String, Object> more = new LinkedHashMap<>();

    public Integer getReplicas() {
      return replicas;
    }

    public void setReplicas(Integer replicas) {
      this.replicas = replicas;
    }

    public LabelSelector getSelector() {
      return selector;
    }

    public void setSelector(LabelSelector selector) {
      this.selector = selector;
    }

    public PodTemplateSpec getTemplate() {
      return template;
    }

    public void setTemplate(PodTemplateSpec template) {
      this.template = template;
    }

    public Integer getRevisionHistoryLimit() {
      return revisionHistoryLimit;
    }

    public void setRevisionHistoryLimit(Integer revisionHistoryLimit) {
      this.revisionHistoryLimit = revisionHistoryLimit;
    }

    public Boolean getPaused() {
      return paused;
    }

    public void setPaused(Boolean paused) {
      this.paused = paused;
    }

    public String getRestartAt() {
      return restartAt;
    }

    public void setRestartAt(String restartAt) {
      this.restartAt = restartAt;
    }

    public Map<String, Object> getWorkloadRef() {
      return workloadRef;
    }

    public void setWorkloadRef(Map<String, Object> workloadRef) {
      this.workloadRef = workloadRef;
    }

    /** What is not read here. */
    @JsonAnyGetter
    public Map<String, Object> more() {
      return more;
    }

    @JsonAnySetter
    public void more(String name, Object value) {
      more.put(name, value);
    }
  }

  /** What the controller says. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public static class Status {
    private String observedGeneration;
    private String phase;
    private String message;
    private String currentPodHash;
    private String stableRS;
    private Integer updatedReplicas;

    public String getObservedGeneration() {
      return observedGeneration;
    }

    public void setObservedGeneration(String observedGeneration) {
      this.observedGeneration = observedGeneration;
    }

    public String getPhase() {
      return phase;
    }

    public void setPhase(String phase) {
      this.phase = phase;
    }

    public String getMessage() {
      return message;
    }

    public void setMessage(String message) {
      this.message = message;
    }

    public String getCurrentPodHash() {
      return currentPodHash;
    }

    public void setCurrentPodHash(String currentPodHash) {
      this.currentPodHash = currentPodHash;
    }

    public String getStableRS() {
      return stableRS;
    }

    public void setStableRS(String stableRS) {
      this.stableRS = stableRS;
    }

    public Integer getUpdatedReplicas() {
      return updatedReplicas;
    }

    public void setUpdatedReplicas(Integer updatedReplicas) {
      this.updatedReplicas = updatedReplicas;
    }
  }
}
