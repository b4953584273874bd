package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A budget of two people in I hate money, as they see it by the application's own API. */
final class Household {
  private static final String SERVICE = "budget";
  private static final String PROJECTS = "/api/projects";
  private static final String PATH = PROJECTS + "/household";

  /** The password is the one in the sample. */
  private static final String AUTHORIZATION =
      "Basic "
          + Base64.getEncoder()
              .encodeToString("household:change-me".getBytes(StandardCharsets.UTF_8));

  /** Its history is kept with the addresses that changes come from. */
  private static final String WISHES =
      """
      {"id": "household", "name": "Household", "password": "change-me", "current_password": "change-me",
       "contact_email": "you@example.com", "default_currency": "XXX",
       "project_history": true, "ip_recording": true}
      """;

  private final Application app;

  private Household(Application app) {
    this.app = app;
  }

  /** Ann and Ben begin to share. */
  static Household begun(Application app) {
    var household = new Household(app);
    household.says("POST", PROJECTS, WISHES, 201);
    household.says("PUT", PATH, WISHES, 200);
    household.says("POST", PATH + "/members", "{\"name\": \"Ann\"}", 201);
    household.says("POST", PATH + "/members", "{\"name\": \"Ben\"}", 201);
    return household;
  }

  /** Ann pays something for both. */
  void pays(String what) {
    var bill =
        """
        {"date": "2026-03-01", "what": "%s", "payer": 1, "payed_for": [1, 2], "amount": "42"}
        """;
    says("POST", PATH + "/bills", bill.formatted(what), 201);
  }

  String bills() {
    return says("GET", PATH + "/bills", "", 200);
  }

  /** Whether the history still is as the household wants it. */
  boolean hasAddresses() {
    return says("GET", PATH, "", 200).contains("\"logging_preference\": 2");
  }

  private String says(String method, String path, String body, int status) {
    var answer = app.asks(method, SERVICE, path, body, "Authorization", AUTHORIZATION);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return answer.body();
  }
}
