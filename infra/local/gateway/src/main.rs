//! The gateway as a process.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;
use souk_gateway::{Config, Server};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    let (port, state) = (config.port, config.state.clone());
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let server = match Server::start(config).await {
        Ok(server) => server,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            eprintln!("souk-gateway: port {port} is taken; stop what listens there or choose another --port");
            return ExitCode::FAILURE;
        }
        Err(error) => {
            let file = state.map(|path| format!(" (state file {})", path.display())).unwrap_or_default();
            eprintln!("souk-gateway: cannot start{file}: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", server.url());
    wait_for_signal().await;
    match server.stop().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("souk-gateway: the state file was not written: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn wait_for_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        // Without handlers the default action ends the process, as it should.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
