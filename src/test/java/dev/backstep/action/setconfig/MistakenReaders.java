package dev.backstep.action.setconfig;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.SetConfig;
import dev.backstep.effect.Step;

/** A mistake for the simulation: values that go back are left for whenever pods are replaced. */
public final class MistakenReaders extends Readers {
  public MistakenReaders(WorkloadTargets targets) {
    super(targets);
  }

  @Override
  Step afterPuttingBack(SetConfig action, Taken taken, ActionScope scope) {
    return Step.done("the values are as before.");
  }
}
