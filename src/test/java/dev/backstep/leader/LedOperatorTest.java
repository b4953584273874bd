package dev.backstep.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javaoperatorsdk.operator.api.config.BaseConfigurationService;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LedOperatorTest {
  private final List<String> passed = new CopyOnWriteArrayList<>();
  private final PassThreads threads = new PassThreads(1, true);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** As the SDK's controllers ask for them when they start. */
  @Test
  void theThreadsThatControllersAreGivenWait() {
    var configuration = new BaseConfigurationService();
    LedOperator.carriedOutBy(threads, configuration);

    configuration
        .getExecutorServiceManager()
        .reconcileExecutorService()
        .execute(() -> passed.add("web"));
    assertThat(threads.getTaskCount()).isZero();
    assertThat(passed).isEmpty();

    threads.go();
    await().untilAsserted(() -> assertThat(passed).containsExactly("web"));
  }
}
