//! The tables, as Diesel sees them; `migrations/` says the same in SQL.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    users (id) {
        id -> Text,
        username -> Text,
        username_key -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> Timestamp,
    }
}

table! {
    tokens (id) {
        id -> Text,
        user_id -> Text,
        kind -> Text,
        name -> Text,
        secret_hash -> Text,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        expires_at -> Timestamp,
    }
}

table! {
    contests (id) {
        id -> Text,
        short_name -> Text,
        name -> Text,
        created_at -> Timestamp,
        score_rule -> Text,
        start_time -> Nullable<Timestamp>,
    }
}

table! {
    problems (id) {
        id -> Text,
        short_name -> Text,
        created_at -> Timestamp,
        current_version -> Integer,
        deleted_at -> Nullable<Timestamp>,
    }
}

table! {
    problem_versions (problem_id, version) {
        problem_id -> Text,
        version -> Integer,
        package_hash -> Text,
        title -> Text,
        limits -> Text,
        public_content -> Text,
        package_bytes -> BigInt,
        test_count -> Integer,
        uploaded_by -> Nullable<Text>,
        uploaded_at -> Timestamp,
        guarded_content -> Text,
    }
}

table! {
    contest_problems (contest_id, problem_id) {
        contest_id -> Text,
        problem_id -> Text,
        ordinal -> Integer,
    }
}

table! {
    submissions (id) {
        id -> Text,
        user_id -> Text,
        problem_id -> Text,
        contest_id -> Nullable<Text>,
        language -> Text,
        code_bytes -> BigInt,
        submitted_at -> Timestamp,
        idempotency_key -> Nullable<Text>,
        fingerprint -> Text,
        last_sequence -> BigInt,
    }
}

table! {
    submission_files (submission_id, ordinal) {
        submission_id -> Text,
        ordinal -> Integer,
        name -> Text,
        encoding -> Text,
        content -> Text,
    }
}

table! {
    judgements (id) {
        id -> Text,
        submission_id -> Text,
        is_current -> Bool,
        package_hash -> Text,
        state -> Text,
        attempt -> Integer,
        worker -> Nullable<Text>,
        lease_expires_at -> Nullable<Timestamp>,
        verdict -> Nullable<Text>,
        error_kind -> Nullable<Text>,
        error_message -> Nullable<Text>,
        compile_output -> Nullable<Text>,
        tests_total -> Integer,
        cpu_ms -> BigInt,
        wall_ms -> BigInt,
        memory_bytes -> BigInt,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        score -> Nullable<Double>,
        group_results -> Nullable<Text>,
        rejudging_id -> Nullable<Text>,
        is_preview -> Bool,
    }
}

table! {
    rejudgings (id) {
        id -> Text,
        reason -> Text,
        kind -> Text,
        filter -> Text,
        total -> BigInt,
        made_by -> Text,
        made_at -> Timestamp,
        made_up_to -> Text,
        is_made -> Bool,
        closed_as -> Nullable<Text>,
        closed_by -> Nullable<Text>,
        closed_at -> Nullable<Timestamp>,
        note -> Nullable<Text>,
    }
}

table! {
    rejudged_submissions (rejudging_id, submission_id) {
        rejudging_id -> Text,
        submission_id -> Text,
        problem_version -> Integer,
        replaces -> Text,
        outcome -> Nullable<Text>,
    }
}

table! {
    runs (judgement_id, attempt, ordinal) {
        judgement_id -> Text,
        attempt -> Integer,
        ordinal -> Integer,
        test_case -> Text,
        is_sample -> Bool,
        verdict -> Text,
        cpu_ms -> BigInt,
        wall_ms -> BigInt,
        memory_bytes -> BigInt,
        ending -> Text,
        judge_message -> Nullable<Text>,
        team_message -> Nullable<Text>,
        finished_at -> Timestamp,
        score -> Nullable<Double>,
        transcript -> Nullable<Text>,
        output -> Nullable<Text>,
        error_output -> Nullable<Text>,
    }
}

table! {
    executions (judgement_id, helper, attempt) {
        judgement_id -> Text,
        helper -> Integer,
        attempt -> Integer,
        cpu_ms -> BigInt,
        wall_ms -> BigInt,
        memory_bytes -> BigInt,
        cold_start_ms -> BigInt,
        queue_wait_ms -> BigInt,
        transferred_bytes -> BigInt,
        finished_at -> Timestamp,
        ending -> Text,
    }
}

table! {
    dead_letters (judgement_id) {
        judgement_id -> Text,
        deliveries -> Integer,
        ignored_by -> Nullable<Text>,
        ignored_at -> Nullable<Timestamp>,
        note -> Nullable<Text>,
        retried_by -> Nullable<Text>,
        retried_at -> Nullable<Timestamp>,
        retried_as -> Nullable<Text>,
    }
}

table! {
    events (submission_id, sequence) {
        submission_id -> Text,
        sequence -> BigInt,
        judgement_id -> Text,
        at -> Timestamp,
        kind -> Text,
    }
}

table! {
    preview_events (judgement_id, sequence) {
        judgement_id -> Text,
        sequence -> BigInt,
        at -> Timestamp,
        kind -> Text,
    }
}

table! {
    outbox (judgement_id, helper) {
        judgement_id -> Text,
        helper -> Integer,
        lane_rank -> Integer,
        task -> Text,
        enqueued_at -> Timestamp,
        available_at -> Timestamp,
        deliveries -> Integer,
        taken_until -> Nullable<Timestamp>,
        user_id -> Text,
        turn -> BigInt,
        ahead -> BigInt,
        published_at -> Nullable<Timestamp>,
    }
}

table! {
    fan_outs (judgement_id) {
        judgement_id -> Text,
        artefact -> Text,
        artefact_hash -> Text,
        toolchain -> Text,
        compile -> Text,
    }
}

table! {
    fan_out_runs (judgement_id, ordinal) {
        judgement_id -> Text,
        ordinal -> Integer,
        worker -> Nullable<Text>,
        lease_expires_at -> Nullable<Timestamp>,
        result -> Nullable<Text>,
    }
}

table! {
    turns (lane_rank, user_id) {
        lane_rank -> Integer,
        user_id -> Text,
        turn -> BigInt,
    }
}

allow_tables_to_appear_in_same_query!(
    contest_problems,
    contests,
    dead_letters,
    events,
    judgements,
    fan_out_runs,
    fan_outs,
    outbox,
    problem_versions,
    problems,
    rejudged_submissions,
    rejudgings,
    submissions,
    tokens,
    users,
);
