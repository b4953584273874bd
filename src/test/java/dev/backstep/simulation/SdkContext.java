package dev.backstep.simulation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ResourceOperations;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;

/** What the SDK gives a reconciler: here only how to write an object's status. */
public final class SdkContext {
  private SdkContext() {}

  /** A context whose status writes go there. */
  @SuppressWarnings("unchecked")
  public static <R extends HasMetadata> Context<R> writing(UnaryOperator<R> put) {
    var operations =
        new ResourceOperations<R>(null) {
          @Override
          public R updatePrimaryStatus(R object) {
            return put.apply(object);
          }
        };
    return (Context<R>)
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
