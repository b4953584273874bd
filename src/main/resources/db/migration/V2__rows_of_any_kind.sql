-- The journal keeps the transitions of objects of every kind, and a stage is what a level is to a plan.
ALTER TABLE run_transition RENAME COLUMN plan_namespace TO namespace;
ALTER TABLE run_transition RENAME COLUMN plan_name TO name;
ALTER TABLE run_transition RENAME COLUMN plan_uid TO uid;
ALTER TABLE run_transition RENAME COLUMN level TO stage;
ALTER TABLE run_transition ADD COLUMN kind text NOT NULL DEFAULT 'RollbackPlan';
ALTER TABLE run_transition ALTER COLUMN kind DROP DEFAULT;

DROP INDEX run_transition_plan;
CREATE INDEX run_transition_object ON run_transition (kind, namespace, name, at);
