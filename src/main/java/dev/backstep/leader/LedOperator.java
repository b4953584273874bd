package dev.backstep.leader;

import dev.backstep.config.BackstepConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.ExecutorService;

/**
 * The SDK's operator, with threads that carry passes out only while this process leads; for all
 * kinds at once. Everything else is configured as Quarkus does it. The extension's own way to
 * override a part of that, {@code ConfigurationServiceCustomizer}, loses the client: the SDK then
 * makes others, which read leniently no more and retry as they like.
 */
@Singleton
public class LedOperator {
  /** In place of the extension's, which would be the same without the threads. */
  @Produces
  @ApplicationScoped
  public Operator operator(
      QuarkusConfigurationService configuration,
      Instance<Reconciler<? extends HasMetadata>> reconcilers,
      BackstepConfig config,
      PassThreads threads) {
    var operator =
        new Operator(
            config.leader().lease().isPresent() ? led(configuration, threads) : configuration);
    reconcilers.forEach(operator::register);
    return operator;
  }

  /** The same configuration with other threads. */
  static QuarkusConfigurationService led(
      QuarkusConfigurationService configuration, ExecutorService threads) {
    return (QuarkusConfigurationService)
        Proxy.newProxyInstance(
            QuarkusConfigurationService.class.getClassLoader(),
            new Class<?>[] {QuarkusConfigurationService.class},
            (proxy, method, arguments) ->
                method.getName().equals("getExecutorService")
                    ? threads
                    : said(configuration, method, arguments));
  }

  private static Object said(
      QuarkusConfigurationService configuration, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(configuration, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
