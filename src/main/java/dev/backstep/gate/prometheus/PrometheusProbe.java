package dev.backstep.gate.prometheus;

import dev.backstep.api.v1alpha1.gate.PrometheusGate;
import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.cluster.Access.Right;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Judgement;
import dev.backstep.gate.prometheus.PrometheusAnswer.NoAnswerException;
import dev.backstep.http.Answer;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpCaller;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Asks Prometheus one instant query and judges the answer. */
@ApplicationScoped
public class PrometheusProbe implements GateProbe<PrometheusGate> {
  private static final String PATH = "/api/v1/query";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int JUDGES = 2;

  private final HttpCaller caller;
  private final Judgement judgement =
      new Judgement(
          "value",
          Map.of("rows", ListType.create(MapType.create(SimpleType.STRING, SimpleType.DYN))));

  /** Those that carry the requests carry everybody's. */
  private final ExecutorService judges = Executors.newFixedThreadPool(JUDGES);

  public PrometheusProbe(HttpCaller caller) {
    this.caller = caller;
  }

  @Override
  public Class<PrometheusGate> type() {
    return PrometheusGate.class;
  }

  @Override
  public Optional<String> invalid(PrometheusGate gate) {
    return judgement
        .invalid(gate.successCondition())
        .or(() -> caller.refused(call(gate)))
        .map(wrong -> "prometheus: %s".formatted(wrong));
  }

  @Override
  public Optional<String> target(PrometheusGate gate, GateScope scope) {
    return Optional.of(call(gate).place(scope.namespace()));
  }

  @Override
  public List<Right> rights(PrometheusGate gate) {
    return Right.ofSecrets(call(gate).secrets());
  }

  @Override
  public CompletionStage<List<Problem>> preflight(PrometheusGate gate, GateScope scope) {
    return caller.problems(call(gate), scope.author());
  }

  @Override
  public Duration looksBack(PrometheusGate gate) {
    return Ranges.longest(gate.query());
  }

  @Override
  public CompletionStage<Reading> measure(PrometheusGate gate, GateScope scope) {
    var call = call(gate);
    return caller
        .send(call, scope.author())
        .handleAsync(
            (answer, error) ->
                error == null ? judged(gate, call, answer, scope) : Reading.error(said(error)),
            judges);
  }

  private static String said(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return cause.getMessage();
  }

  private Reading judged(PrometheusGate gate, Call call, Answer answer, GateScope scope) {
    try {
      var said = PrometheusAnswer.of(answer.status(), answer.body());
      var more = Map.<String, Object>of("rows", said.rows());
      return judgement.of(gate.successCondition(), said.value(), more, scope);
    } catch (NoAnswerException e) {
      return Reading.error("%s %s".formatted(call.address(), e.getMessage()));
    }
  }

  /** By POST, because a query may be longer than an address. */
  private static FullCall call(PrometheusGate gate) {
    var headers = new ArrayList<NamedValue>();
    headers.add(new NamedValue("Content-Type", FORM, null));
    if (gate.headers() != null) {
      headers.addAll(gate.headers());
    }
    return new FullCall(
        null,
        gate.service(),
        gate.url() == null ? null : gate.url().replaceAll("/+$", "") + PATH,
        PATH,
        Call.Method.POST,
        headers,
        "query=" + URLEncoder.encode(gate.query(), StandardCharsets.UTF_8),
        null,
        gate.successCondition(),
        gate.timeout());
  }

  @PreDestroy
  void stop() {
    judges.shutdownNow();
  }
}
