-- One row for each transition of a run. The key comes from the run's claim and its counter, so that
-- writing a transition again changes nothing.
CREATE TABLE run_transition (
  claim          text        NOT NULL,
  seq            bigint      NOT NULL,
  plan_namespace text        NOT NULL,
  plan_name      text        NOT NULL,
  plan_uid       text        NOT NULL,
  run            text        NOT NULL,
  at             timestamptz NOT NULL,
  phase          text        NOT NULL,
  level          text,
  action         text,
  reason         text        NOT NULL,
  message        text        NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (plan_uid, claim, seq)
);

CREATE INDEX run_transition_plan ON run_transition (plan_namespace, plan_name, at);
