//! The box's helper as an executable of its own, for callers that do not own their `main`: see
//! `Helper::At`.

fn main() -> std::process::ExitCode {
    sandbox::become_helper_if_asked();
    eprintln!("this program is started by the sandbox, not by hand");
    std::process::ExitCode::from(2)
}
