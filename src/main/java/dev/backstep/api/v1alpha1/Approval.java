package dev.backstep.api.v1alpha1;

import dev.backstep.api.TolerantResource;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One person's word on one level of one run: it may be carried out, or it may not. Written once and
 * never changed; who wants to say something else writes another one.
 *
 * <p>One that this version cannot read has no spec, and counts for nothing.
 */
@Group("backstep.dev")
@Version("v1alpha1")
@Plural("approvals") // else the client works it out for every object that it reads
@AdditionalPrinterColumn(name = "Plan", jsonPath = ".spec.targetRef.name")
@AdditionalPrinterColumn(name = "Run", jsonPath = ".spec.runId")
@AdditionalPrinterColumn(name = "Level", jsonPath = ".spec.level")
@AdditionalPrinterColumn(name = "Decision", jsonPath = ".spec.decision")
@AdditionalPrinterColumn(name = "Approver", jsonPath = ".spec.approver")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
    value = "self.spec == oldSelf.spec",
    fieldPath = ".spec",
    message =
        "an approval cannot be changed: delete it while it is not used, or create another one with a new name")
public class Approval extends TolerantResource<ApprovalSpec, Void> implements Namespaced {

  private static final long serialVersionUID = 1L;

  public Approval() {
    super(ApprovalSpec.class, Void.class);
  }

  @Override
  @Required
  public ApprovalSpec getSpec() {
    return super.getSpec();
  }
}
