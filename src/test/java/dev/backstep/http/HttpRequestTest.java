package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.HttpAction;
import dev.backstep.api.v1alpha1.value.Call.Method;
import dev.backstep.cluster.Replica;
import dev.backstep.effect.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a request is made of. */
class HttpRequestTest {
  private static final String PAUSE =
      """
      service: {name: web, port: 8080, scheme: http}
      path: /queue/pause
      method: POST
      headers:
      - {name: Authorization, valueFrom: {secretKeyRef: {name: token, key: value}}}
      - {name: X-Reason, value: incident}
      body: '{"paused": true}'
      successCondition: status == 204
      timeout: 10s
      idempotent: true
      verify: {path: /queue, successCondition: body.paused == true}
      undo: {body: '{"paused": false}', timeout: 20s}
      effect: Hold
      destructive: false
      """;

  private static HttpAction action(String yaml) throws Exception {
    return new ObjectMapper(new YAMLFactory()).readValue(yaml, HttpAction.class);
  }

  private static HttpRequest request(String yaml) throws Exception {
    return HttpRequest.of(action(yaml), 2, null);
  }

  @Test
  void verifyInheritsWhereToAskAndWhoAsksAndSendsNoBody() throws Exception {
    // when
    var verify = request(PAUSE).verify();

    // then
    assertThat(verify.address()).isEqualTo("web:8080/queue");
    assertThat(verify.method()).isEqualTo(Method.GET);
    assertThat(verify.headers()).hasSize(2);
    assertThat(verify.body()).isNull();
    assertThat(verify.timeout()).isEqualTo("10s");
  }

  @Test
  void undoInheritsWhatItDoesNotSay() throws Exception {
    // when
    var undo = request(PAUSE).undo();

    // then
    assertThat(undo.address()).isEqualTo("web:8080/queue/pause");
    assertThat(undo.method()).isEqualTo(Method.POST);
    assertThat(undo.body()).isEqualTo("{\"paused\": false}");
    assertThat(undo.successCondition()).isEqualTo("status == 204");
    assertThat(undo.timeout()).isEqualTo("20s");
  }

  @Test
  void aBodyIsInheritedOnlyWhereOneIsSent() throws Exception {
    // when
    var posted = request(PAUSE.replace("undo: {body: '{\"paused\": false}'", "undo: {path: /a"));
    var deleted =
        request(PAUSE.replace("undo: {body: '{\"paused\": false}'", "undo: {method: DELETE"));
    var secret =
        request(
            PAUSE.replace(
                "undo: {body: '{\"paused\": false}'",
                "undo: {bodyFrom: {secretKeyRef: {name: token, key: body}}"));

    // then
    assertThat(posted.undo().body()).isEqualTo("{\"paused\": true}");
    assertThat(deleted.undo().body()).isNull();
    assertThat(secret.undo().body()).isNull();
    assertThat(secret.undo().bodyFrom().secretKeyRef().key()).isEqualTo("body");
  }

  @Test
  void withoutIdempotentVerifyAndUndoItIsSentOnceAndStays() throws Exception {
    // when
    var request =
        request(
            """
            url: https://shop.example/pause
            method: POST
            successCondition: status == 204
            timeout: 10s
            effect: Repair
            destructive: false
            """);

    // then
    assertThat(request.idempotent()).isFalse();
    assertThat(request.verify()).isNull();
    assertThat(request.undo()).isNull();
    assertThat(request.target()).isEqualTo(new Target("host", "shop.example"));
    assertThat(request.summary()).isEqualTo("POST https://shop.example/pause");
  }

  @Test
  void saysWhatIsSentButNotWhatIsInIt() throws Exception {
    // given
    var fromSecret =
        PAUSE.replace(
            "body: '{\"paused\": true}'", "bodyFrom: {secretKeyRef: {name: token, key: body}}");

    // then
    assertThat(request(PAUSE).described())
        .isEqualTo(
            "POST web:8080/queue/pause, headers Authorization, X-Reason, body of 16 characters; taken back by POST web:8080/queue/pause");
    assertThat(request(fromSecret).described()).contains(", body from Secret token;");
    assertThat(request(PAUSE).target()).isEqualTo(new Target("Service", "web"));
  }

  @Test
  void anotherProcessReadsWhatThisOneWrote() throws Exception {
    // given
    var request = request(PAUSE);

    // when
    var json = Json.MAPPER.writeValueAsString(request);

    // then
    assertThat(Json.MAPPER.readValue(json, HttpRequest.class)).isEqualTo(request);
    assertThat(json).contains("secretKeyRef");
  }

  /** The pod and not its address: that is looked up when the request is sent. */
  @Test
  void aRequestToAReplicaNamesItInAllThatBelongsToIt() throws Exception {
    // given
    var request = request(PAUSE).at(new Replica("web-1", "uid-1", true, "10.1.0.1", Map.of()));

    // when
    var json = Json.MAPPER.writeValueAsString(request);

    // then
    assertThat(Json.MAPPER.readValue(json, HttpRequest.class)).isEqualTo(request);
    assertThat(json).contains("uid-1").doesNotContain("10.1.0.1");
    assertThat(request.summary()).isEqualTo("POST web-1:8080/queue/pause");
    assertThat(request.verify().address()).isEqualTo("web-1:8080/queue");
    assertThat(request.undo().address()).isEqualTo("web-1:8080/queue/pause");
    assertThat(request.target()).isEqualTo(new Target("Pod", "web-1"));
  }
}
