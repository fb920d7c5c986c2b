use std::{fs, process::Command};

use super::Stack;

/// A function's process on this machine.
#[derive(Debug, Clone)]
pub struct FunctionProcess {
    pub function: String,
    pid: u32,
}

impl Stack {
    /// The processes of this stack's functions. Empty where the stack is not on this machine.
    pub fn function_processes(&self) -> Vec<FunctionProcess> {
        let (Some(endpoint), Ok(processes)) = (&self.aws_endpoint_url, fs::read_dir("/proc")) else {
            return Vec::new();
        };
        let emulator = format!("AWS_ENDPOINT_URL={endpoint}");
        let ours = |entry: fs::DirEntry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let variables = fs::read(entry.path().join("environ")).ok()?;
            let variables: Vec<_> = variables.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
            let function = variables.iter().find_map(|v| v.strip_prefix("AWS_LAMBDA_FUNCTION_NAME="))?.to_owned();
            variables.iter().any(|v| **v == emulator).then_some(FunctionProcess { function, pid })
        };
        processes.filter_map(Result::ok).filter_map(ours).collect()
    }
}

impl FunctionProcess {
    /// Ends it at once, as when its machine dies. False where it had ended by itself.
    pub fn kill(&self) -> bool {
        Command::new("kill").args(["-KILL", &self.pid.to_string()]).status().is_ok_and(|status| status.success())
    }
}
