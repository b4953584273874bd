package dev.backstep.simulation;

import dev.backstep.api.v1alpha1.RollbackPlan;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ResourceOperations;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;

/** What the SDK gives a reconciler: here only how to write a plan's status. */
public final class SdkContext {
  private SdkContext() {}

  /** A context whose status writes go there. */
  @SuppressWarnings("unchecked")
  public static Context<RollbackPlan> writing(UnaryOperator<RollbackPlan> put) {
    var operations =
        new ResourceOperations<RollbackPlan>(null) {
          @Override
          public RollbackPlan updatePrimaryStatus(RollbackPlan plan) {
            return put.apply(plan);
          }
        };
    return (Context<RollbackPlan>)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("resourceOperations")) {
                return operations;
              }
              throw new UnsupportedOperationException("not simulated: " + method);
            });
  }
}
