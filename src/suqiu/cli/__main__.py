from suqiu.cli.main import main

main(prog_name="suqiu")
