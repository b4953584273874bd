package dev.backstep.metrics;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests to the API server and their answers. The client tells of no request that got
 * no answer; that is the difference of the two.
 */
@Singleton
public class ApiRequests implements Interceptor {
  private final Map<List<String>, LongAdder> sent = new ConcurrentHashMap<>();
  private final Map<List<String>, LongAdder> answered = new ConcurrentHashMap<>();

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    count(sent, List.of(request.method()));
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    count(answered, List.of(request.method(), String.valueOf(response.code())));
  }

  private static void count(Map<List<String>, LongAdder> counts, List<String> labels) {
    counts.computeIfAbsent(labels, it -> new LongAdder()).increment();
  }

  void say(Figures figures) {
    sent.forEach((labels, count) -> figures.say(Figure.API_REQUESTS, count.sum(), labels));
    answered.forEach((labels, count) -> figures.say(Figure.API_ANSWERS, count.sum(), labels));
  }
}
